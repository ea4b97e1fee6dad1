// SPDX-License-Identifier: MPL-2.0
#include "provider/reconcile/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/scoped_environment.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;
using testing::TempDir;

class JournalTest : public ::testing::Test {
 protected:
  Intent Begun(const std::string& key) {
    absl::StatusOr<Intent> intent = journal_.Begin(key);
    EXPECT_THAT(intent, IsOk());
    return intent.value_or(Intent());
  }
  Intent Found(const std::string& nonce) {
    const auto found = journal_.Find(nonce);
    EXPECT_TRUE(found.ok() && found->has_value());
    return found.ok() ? found->value_or(Intent()) : Intent();
  }
  // As if `intent` was begun, and left, by a host process of the past.
  void OfAnEarlierRun(Intent intent, bool finished) {
    intent.finished = true;  // Lets go of it in this process.
    EXPECT_THAT(journal_.Note(intent), IsOk());
    intent.run = "1-1";
    intent.finished = finished;
    EXPECT_THAT(journal_.Note(intent), IsOk());
  }

  TempDir dir_;
  const std::string place_ = dir_ / "data/kproto";
  Journal journal_{place_};
};

TEST_F(JournalTest, AnIntentIsWrittenBeforeItIsReturned) {
  const Intent intent = Begun("cluster/a");
  EXPECT_THAT(intent.nonce, SizeIs(16));
  const Intent found = Found(intent.nonce);
  EXPECT_EQ(found.key, "cluster/a");
  EXPECT_EQ(found.run, intent.run);
  EXPECT_FALSE(found.finished);
  EXPECT_THAT(found.facts, IsEmpty());
}

TEST_F(JournalTest, FactsAreKept) {
  Intent intent = Begun("a");
  intent.facts = {{"vpc_id", "v-1"}, {"note", "\"quoted\"\n\xff"}};
  ASSERT_THAT(journal_.Note(intent), IsOk());
  EXPECT_EQ(Found(intent.nonce).facts.at("vpc_id"), "v-1");
  EXPECT_THAT(Found(intent.nonce).facts.at("note"), HasSubstr("\"quoted\"\n"));
}

TEST_F(JournalTest, AnIntentOfADeadRunIsResumed) {
  Intent intent = Begun("a");
  intent.facts["vpc_id"] = "v-1";
  OfAnEarlierRun(intent, /*finished=*/false);
  const Intent resumed = Begun("a");
  EXPECT_EQ(resumed.nonce, intent.nonce);
  EXPECT_EQ(resumed.facts.at("vpc_id"), "v-1");
  EXPECT_EQ(Found(intent.nonce).run, resumed.run);
  EXPECT_NE(resumed.run, "1-1");
}

TEST_F(JournalTest, AnIntentThatAnEarlierRunFinishedIsResumedToo) {
  const Intent intent = Begun("a");
  OfAnEarlierRun(intent, /*finished=*/true);
  const Intent resumed = Begun("a");
  EXPECT_EQ(resumed.nonce, intent.nonce);
  EXPECT_FALSE(resumed.finished);
}

TEST_F(JournalTest, WhatThisRunFinishedBelongsToAnotherBlockOfTheSameKey) {
  Intent first = Begun("a");
  first.finished = true;
  ASSERT_THAT(journal_.Note(first), IsOk());
  const Intent second = Begun("a");
  EXPECT_NE(second.nonce, first.nonce);
  EXPECT_THAT(*journal_.All(), SizeIs(2));
}

TEST_F(JournalTest, TwoOperationsAtOnceNeverShareAnIntent) {
  const Intent first = Begun("a");
  EXPECT_NE(Begun("a").nonce, first.nonce);
  EXPECT_NE(Begun("b").nonce, first.nonce);
}

TEST_F(JournalTest, ADroppedIntentIsForgotten) {
  const Intent intent = Begun("a");
  ASSERT_THAT(journal_.Drop(intent.nonce), IsOk());
  EXPECT_THAT(*journal_.All(), IsEmpty());
  EXPECT_FALSE(journal_.Find(intent.nonce)->has_value());
  EXPECT_THAT(journal_.Drop(intent.nonce), IsOk());
  EXPECT_NE(Begun("a").nonce, intent.nonce);
}

TEST_F(JournalTest, AJournalThatNeverWasIsEmpty) {
  EXPECT_THAT(*journal_.All(), IsEmpty());
  EXPECT_FALSE(journal_.Find("0011223344556677")->has_value());
  EXPECT_FALSE(std::filesystem::exists(place_));
}

TEST_F(JournalTest, NotingMakesTheDirectoryThatGotLost) {
  Intent intent;
  intent.key = "a";
  intent.nonce = "0011223344556677";
  ASSERT_THAT(journal_.Note(intent), IsOk());
  EXPECT_EQ(Begun("a").nonce, intent.nonce);
}

TEST_F(JournalTest, NobodyElseCanReadIt) {
  const Intent intent = Begun("a");
  struct stat info;
  ASSERT_EQ(stat((place_ + "/" + intent.nonce + ".json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(place_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  for (const auto& entry : std::filesystem::directory_iterator(place_)) {
    ASSERT_EQ(stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0077, 0u) << entry.path();
  }
}

TEST_F(JournalTest, NoTemporaryFileIsLeftBehind) {
  Intent intent = Begun("a");
  ASSERT_THAT(journal_.Note(intent), IsOk());
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(place_)) {
    names.insert(entry.path().filename());
  }
  EXPECT_EQ(names, (std::set<std::string>{"lock", intent.nonce + ".json"}));
}

TEST_F(JournalTest, GarbageIsPassedOver) {
  const Intent intent = Begun("a");
  OfAnEarlierRun(intent, false);
  int n = 0;
  for (const char* garbage : {"", "{", "[]", "null", "42", "{}", R"({"nonce": 7})", "\xff\xfe\x00",
                              R"({"key":"a","nonce":null})"}) {
    dir_.Write("data/kproto/garbage" + std::to_string(n++) + ".json", garbage);
  }
  dir_.Write("data/kproto/odd.json",
             R"({"nonce":"odd","key":7,"run":[],"facts":{"n":1,"s":"x"},"finished":"yes"})");
  const auto all = journal_.All();
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(*all, SizeIs(2));
  const Intent odd = Found("odd");
  EXPECT_EQ(odd.key, "");
  EXPECT_FALSE(odd.finished);
  EXPECT_EQ(odd.facts, (std::map<std::string, std::string>{{"s", "x"}}));
  EXPECT_EQ(Begun("a").nonce, intent.nonce);
}

TEST_F(JournalTest, AnUnusableDirectoryIsAnErrorThatNamesIt) {
  Journal journal(dir_.Write("file", "not a directory"));
  EXPECT_THAT(journal.Begin("a"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(dir_ / "file")));
  EXPECT_THAT(journal.Note({"a", "n", {}, "", false}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(dir_ / "file")));
}

TEST_F(JournalTest, ItLivesInTheDataDirectoryOfTheHost) {
  testing::ScopedEnvironment environment("TF_DATA_DIR", dir_ / "elsewhere");
  Journal journal = Journal::OfWorkingDirectory();
  const auto intent = journal.Begin("a");
  ASSERT_THAT(intent, IsOk());
  EXPECT_TRUE(std::filesystem::exists(dir_ / ("elsewhere/kproto/" + intent->nonce + ".json")));
}

TEST_F(JournalTest, ThreadsGetIntentsOfTheirOwn) {
  constexpr int kThreads = 8;
  std::vector<std::string> nonces(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::string& nonce : nonces) {
      threads.emplace_back([&, this] { nonce = Begun("a").nonce; });
    }
  }
  EXPECT_THAT(std::set<std::string>(nonces.begin(), nonces.end()), SizeIs(kThreads));
  EXPECT_THAT(*journal_.All(), SizeIs(kThreads));
}

// Another process of the same directory must wait for the lock; it tells through a pipe.
TEST_F(JournalTest, ProcessesWaitForEachOther) {
  Begun("other");  // makes the directory and the lock
  const int lock = open((place_ + "/lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(lock, 0);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(lock);  // The lock is the parent's open file.
    const bool begun = Journal(place_).Begin("a").ok();
    const char answer = begun ? 'y' : 'n';
    _exit(write(pipe_ends[1], &answer, 1) == 1 ? 0 : 1);
  }
  ASSERT_GT(child, 0);
  // The child is blocked in flock: the kernel's list of locks shows the waiter ("->").
  const auto waits = [&] {
    std::ifstream locks("/proc/locks");
    std::string line;
    while (std::getline(locks, line)) {
      if (line.find("->") != std::string::npos &&
          line.find(" " + std::to_string(child) + " ") != std::string::npos) {
        return true;
      }
    }
    return false;
  };
  int status = 0;
  while (!waits() && waitpid(child, &status, WNOHANG) == 0) {
    std::this_thread::yield();
  }
  EXPECT_THAT(*journal_.All(), SizeIs(1)) << "the child did not wait";
  close(lock);
  char answer = 0;
  close(pipe_ends[1]);
  EXPECT_EQ(read(pipe_ends[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  close(pipe_ends[0]);
  waitpid(child, &status, 0);
  EXPECT_THAT(*journal_.All(), SizeIs(2));
}

}  // namespace
}  // namespace kproto
