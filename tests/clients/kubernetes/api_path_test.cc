// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/api_path.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto::kubernetes {
namespace {

TEST(ApiPathTest, CoreAndGroupsLiveInDifferentPlaces) {
  const ApiResource pods = *KnownResource("v1", "Pod");
  EXPECT_EQ(CollectionPath("v1", pods, "x"), "/api/v1/namespaces/x/pods");
  EXPECT_EQ(CollectionPath("v1", pods, ""), "/api/v1/pods");
  const ApiResource apps = *KnownResource("argoproj.io/v1alpha1", "Application");
  EXPECT_EQ(ObjectPath({"argoproj.io/v1alpha1", "Application", "argocd", "grafana"}, apps),
            "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/grafana");
}

TEST(ApiPathTest, ClusterScopedKindsIgnoreANamespace) {
  const ApiResource resource = *KnownResource("storage.k8s.io/v1", "StorageClass");
  EXPECT_EQ(ObjectPath({"storage.k8s.io/v1", "StorageClass", "x", "fast"}, resource),
            "/apis/storage.k8s.io/v1/storageclasses/fast");
}

TEST(ApiPathTest, AKindIsKnownOnlyInItsGroup) {
  EXPECT_TRUE(KnownResource("apps/v1beta9", "Deployment").has_value());
  EXPECT_FALSE(KnownResource("v1", "Deployment").has_value());
  EXPECT_FALSE(KnownResource("example.com/v1", "Widget").has_value());
}

TEST(ApiPathTest, NamesCannotEscapeTheirSegment) {
  const ApiResource pods = *KnownResource("v1", "Pod");
  EXPECT_EQ(ObjectPath({"v1", "Pod", "a/b", "../c?d"}, pods),
            "/api/v1/namespaces/a%2Fb/pods/..%2Fc%3Fd");
}

TEST(ApiPathTest, ServiceProxyKeepsPathAndQuery) {
  ServiceRequest request;
  request.ns = "monitoring";
  request.service = "loki";
  request.port = "3100";
  request.path = "/loki/api/v1/labels?x=1";
  EXPECT_EQ(ServiceProxyPath(request),
            "/api/v1/namespaces/monitoring/services/http:loki:3100/proxy/loki/api/v1/labels?x=1");
}

}  // namespace
}  // namespace kproto::kubernetes
