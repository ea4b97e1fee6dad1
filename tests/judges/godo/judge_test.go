// SPDX-License-Identifier: MPL-2.0

// Package judge holds the DigitalOcean simulator against DigitalOcean's own Go client: every call
// that godo can make and the simulator serves is made, and godo must understand every answer.
package judge

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"
)

const (
	userToken       = "judge"
	controllerToken = "controller"
	region          = "nyc3"
	size            = "s-2vcpu-4gb"
)

var (
	client *godo.Client
	url    string
	ctx    = context.Background()
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	program := os.Getenv("KPROTO_SIMULATOR")
	if program == "" {
		fmt.Fprintln(os.Stderr, "KPROTO_SIMULATOR must name the digitalocean-simulator binary")
		return 1
	}
	simulator := exec.Command(program, "--time-factor=100", "--token="+userToken,
		"--controller-token="+controllerToken)
	simulator.Stderr = os.Stderr
	out, err := simulator.StdoutPipe()
	if err == nil {
		err = simulator.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer simulator.Wait()
	defer simulator.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		fmt.Fprintln(os.Stderr, "the simulator said nothing:", err)
		return 1
	}
	url = strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
	client = newClient(userToken)
	code := m.Run()
	if code == 0 && len(os.Args) > 0 && !filtered() {
		code = checkCoverage()
	}
	return code
}

// Whether only some tests were asked for (go test -run).
func filtered() bool {
	for _, arg := range os.Args {
		if strings.HasPrefix(arg, "-test.run=") {
			return true
		}
	}
	return false
}

type bearer string

func (b bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(request)
}

func newClient(token string) *godo.Client {
	c, err := godo.New(&http.Client{Transport: bearer(token)}, godo.SetBaseURL(url))
	if err != nil {
		panic(err)
	}
	return c
}

// lab makes a call of the simulator's own, as its controller.
func lab(t testing.TB, method, path string, body, answer any) {
	t.Helper()
	c := newClient(controllerToken)
	request, err := c.NewRequest(ctx, method, path, body)
	check(t, err)
	_, err = c.Do(ctx, request, answer)
	check(t, err)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// expect fails unless the two are the same.
func expect[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// refused fails unless the error is the API's, with this status and message.
func refused(t testing.TB, err error, status int, message string) {
	t.Helper()
	var response *godo.ErrorResponse
	if !errors.As(err, &response) {
		t.Fatalf("not an error of the API: %v", err)
	}
	expect(t, "status", response.Response.StatusCode, status)
	if !strings.Contains(response.Message, message) {
		t.Errorf("message %q does not contain %q", response.Message, message)
	}
	if response.RequestID == "" {
		t.Error("no request id")
	}
}

// eventually polls until the condition holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatal("never: ", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// What godo has no call for.
var unknownToGodo = map[string]bool{
	"PUT /v2/projects/{id}":             true, // godo patches
	"POST /v2/kubernetes/registries":    true,
	"DELETE /v2/kubernetes/registries":  true,
	"DELETE /v2/volumes":                true, // by name
	"POST /v2/volumes/actions":          true, // by name
	"GET /v2/volumes/snapshots/{id}":    true,
	"DELETE /v2/volumes/snapshots/{id}": true,
}

// checkCoverage finds what the simulator serves and no test has called with success.
func checkCoverage() int {
	var t testing.T
	var served struct {
		Routes []struct{ Method, Path string }
	}
	var made struct {
		Calls []struct {
			Method, Path string
			Status       int
		}
	}
	lab(&t, "GET", "/lab/routes", nil, &served)
	lab(&t, "GET", "/lab/calls", nil, &made)
	code := 0
	for _, route := range served.Routes {
		called := false
		for _, call := range made.Calls {
			called = called || call.Status < 300 && call.Method == route.Method &&
				matches(route.Path, call.Path)
		}
		if name := route.Method + " " + route.Path; called == unknownToGodo[name] {
			fmt.Printf("%s: called: %t, though that godo can is %t\n", name, called, !unknownToGodo[name])
			code = 1
		}
	}
	return code
}

func matches(pattern, target string) bool {
	path, _, _ := strings.Cut(target, "?")
	want := strings.Split(strings.Trim(pattern, "/"), "/")
	got := strings.Split(strings.Trim(path, "/"), "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		// "actions" and "snapshots" are words of the API, never ids of its volumes.
		word := got[i] == "actions" || got[i] == "snapshots"
		if want[i] != got[i] && (!strings.HasPrefix(want[i], "{") || word) {
			return false
		}
	}
	return true
}

func mustJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
