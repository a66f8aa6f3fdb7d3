package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// The worked example of Amazon's documentation (GET Object of "Authenticating Requests").
func TestTheSignatureIsThatOfTheDocumentation(t *testing.T) {
	b := &Bucket{Region: "us-east-1", Key: "AKIAIOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
	r := httptest.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com/test.txt", nil)
	r.Header.Set("Range", "bytes=0-9")
	b.sign(r, emptySum, time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC))
	want := "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date," +
		"Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("signed as\n%s\nwant\n%s", got, want)
	}
}

// fakeS3 keeps objects in memory and lets in who signs with the right secret.
type fakeS3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	broken  bool
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		http.Error(w, "<Code>SlowDown</Code>", http.StatusServiceUnavailable)
		return
	}
	own := httptest.NewRequest(r.Method, "http://"+r.Host+r.URL.RequestURI(), nil)
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	(&Bucket{Region: "cn-1", Key: "k", Secret: "s"}).sign(own, r.Header.Get("X-Amz-Content-Sha256"), at)
	if err != nil || own.Header.Get("Authorization") != r.Header.Get("Authorization") {
		http.Error(w, "<Code>SignatureDoesNotMatch</Code>", http.StatusForbidden)
		return
	}
	switch r.Method {
	case http.MethodPut:
		f.objects[r.URL.Path], _ = io.ReadAll(r.Body)
	case http.MethodGet:
		if o, ok := f.objects[r.URL.Path]; ok {
			_, _ = w.Write(o)
			return
		}
		http.Error(w, "<Code>NoSuchKey</Code>", http.StatusNotFound)
	}
}

func TestFilesLieInABucket(t *testing.T) {
	s3 := &fakeS3{objects: map[string][]byte{}}
	server := httptest.NewServer(s3)
	defer server.Close()
	env := map[string]string{"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
	open := func() Store {
		t.Helper()
		s, err := ParseStore("s3://papers/county?region=cn-1&endpoint="+server.URL, t.TempDir(), func(k string) string { return env[k] })
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, other := open(), open() // two processes, each with a directory of its own
	f, err := one.Stage("a.pdf", strings.NewReader("%PDF-1.4 a small paper"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(context.Background(), f.Digest); !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, ErrStorage) {
		t.Errorf("what was not kept yet is %v", err)
	}
	if err := f.Keep(); err != nil {
		t.Fatal(err)
	}
	if err := other.Check(context.Background()); err != nil {
		t.Error(err)
	}
	content, err := other.Open(context.Background(), f.Digest)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := io.ReadAll(content)
	if _ = content.Close(); string(raw) != "%PDF-1.4 a small paper" {
		t.Errorf("the other process reads %q", raw)
	}
	if _, ok := s3.objects["/papers/county/"+f.Digest[:2]+"/"+f.Digest]; !ok {
		t.Errorf("the objects are %v", s3.objects)
	}
	if left, _ := os.ReadDir(one.Dir); len(left) > 0 {
		t.Errorf("left in the directory: %v", left)
	}
	s3.broken = true
	if _, err := one.Put([]byte("another")); !errors.Is(err, ErrStorage) {
		t.Errorf("a store that is away: %v", err)
	}
	env["AWS_SECRET_ACCESS_KEY"], s3.broken = "wrong", false
	if err := open().Check(context.Background()); err == nil || !strings.Contains(err.Error(), "SignatureDoesNotMatch") {
		t.Errorf("with a wrong secret: %v", err)
	}
}

func TestTheSettingOfTheStore(t *testing.T) {
	env := func(string) string { return "x" }
	for setting, ok := range map[string]bool{
		"/var/lib/quancheng/documents": true, "s3://b?endpoint=http://h:9000": true, "s3://b": false, "s3://?endpoint=http://h": false,
		"s3://b?endpoint=h:9000": false,
	} {
		if _, err := ParseStore(setting, "staging", env); (err == nil) != ok {
			t.Errorf("%s: %v", setting, err)
		}
	}
	if _, err := ParseStore("s3://b?endpoint=http://h", "", func(string) string { return "" }); err == nil {
		t.Error("a store without a key")
	}
}

// A directory that takes nothing is a store that takes nothing, whatever the reason.
func TestADirectoryThatTakesNothing(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Store{Dir: file}).Check(context.Background()); !errors.Is(err, ErrStorage) {
		t.Errorf("%v", err)
	}
}
