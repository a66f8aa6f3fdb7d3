package files

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// Bucket is a store of objects that speaks S3 (a county's own MinIO, Ceph or
// cloud), for several processes that keep their files together. Requests are
// path-style and signed (AWS Signature Version 4).
type Bucket struct {
	Endpoint string // https://host[:port]
	Name     string
	Prefix   string // before each key; "" or ending in /
	Region   string
	Key      string
	Secret   string
	Client   *http.Client
	now      func() time.Time
}

// bucketTime is how long one request to the store may take; a file has 50 MB at most.
const bucketTime = 2 * time.Minute

// ParseStore reads the setting of where files lie: a directory, or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION.
// Staging is the directory where uploads wait until they are looked at. Key and secret come from the
// environment, as S3's own tools read them.
func ParseStore(setting, staging string, env func(string) string) (Store, error) {
	if !strings.HasPrefix(setting, "s3://") {
		return Store{Dir: setting}, nil
	}
	u, err := url.Parse(setting)
	if err != nil {
		return Store{}, fmt.Errorf("store of files: %w", err)
	}
	q := u.Query()
	b := &Bucket{
		Endpoint: strings.TrimSuffix(q.Get("endpoint"), "/"), Name: u.Host, Prefix: strings.TrimPrefix(u.Path, "/"),
		Region: q.Get("region"), Key: env("AWS_ACCESS_KEY_ID"), Secret: env("AWS_SECRET_ACCESS_KEY"),
	}
	if b.Prefix != "" && !strings.HasSuffix(b.Prefix, "/") {
		b.Prefix += "/"
	}
	if b.Region == "" {
		b.Region = "us-east-1"
	}
	switch at, err := url.Parse(b.Endpoint); {
	case err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https":
		return Store{}, errors.New("store of files: s3://BUCKET/PREFIX?endpoint=https://HOST[:PORT] names no address")
	case b.Name == "":
		return Store{}, errors.New("store of files: s3://BUCKET/PREFIX?endpoint=https://HOST[:PORT] names no bucket")
	case b.Key == "" || b.Secret == "":
		return Store{}, errors.New("store of files: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	return Store{Dir: staging, Bucket: b}, nil
}

func (b *Bucket) key(digest string) string {
	return b.Prefix + digest[:min(2, len(digest))] + "/" + digest
}

// put sends a file; what is there already under the same digest is the same.
func (b *Bucket) put(ctx context.Context, digest string, content *os.File) error {
	sum := sha256.New()
	size, err := io.Copy(sum, content)
	if err != nil {
		return err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	resp, cancel, err := b.do(ctx, http.MethodPut, b.key(digest), io.NopCloser(content), size, hex.EncodeToString(sum.Sum(nil)))
	if err != nil {
		return err
	}
	defer cancel()
	return resp.Body.Close()
}

func (b *Bucket) open(ctx context.Context, digest string) (io.ReadCloser, error) {
	resp, cancel, err := b.do(ctx, http.MethodGet, b.key(digest), nil, 0, emptySum) //nolint:bodyclose // object.Close does
	if err != nil {
		return nil, err
	}
	return &object{resp.Body, cancel}, nil
}

type object struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close ends the request too.
func (o *object) Close() error {
	defer o.cancel()
	return o.ReadCloser.Close()
}

// emptySum is the SHA-256 of nothing.
const emptySum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func (b *Bucket) do(
	ctx context.Context, method, key string, body io.ReadCloser, size int64, sum string,
) (*http.Response, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, bucketTime)
	r, err := http.NewRequestWithContext(ctx, method, b.Endpoint+"/"+b.Name+"/"+key, body)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	r.ContentLength = size
	now := time.Now
	if b.now != nil {
		now = b.now
	}
	b.sign(r, sum, now())
	client := b.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	if resp.StatusCode/100 == 2 {
		return resp, cancel, nil
	}
	defer cancel()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 500))
	_ = resp.Body.Close()
	err = fmt.Errorf("%s %s: %s %s", method, key, resp.Status, bytes.TrimSpace(said))
	if resp.StatusCode == http.StatusNotFound {
		err = errors.Join(err, fs.ErrNotExist)
	}
	return nil, nil, err
}

// sign adds the headers of AWS Signature Version 4 (docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header").
func (b *Bucket) sign(r *http.Request, sum string, now time.Time) {
	stamp := now.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", stamp)
	r.Header.Set("X-Amz-Content-Sha256", sum)
	names := []string{"host"}
	for name := range r.Header {
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	var headers strings.Builder
	for _, name := range names {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.URL.Host
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	signed := strings.Join(names, ";")
	canonical := sha256.Sum256(
		[]byte(strings.Join([]string{r.Method, r.URL.EscapedPath(), r.URL.Query().Encode(), headers.String(), signed, sum}, "\n")),
	)
	scope := stamp[:8] + "/" + b.Region + "/s3/aws4_request"
	key := []byte("AWS4" + b.Secret)
	for _, part := range []string{stamp[:8], b.Region, "s3", "aws4_request", "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope +
		"\n" + hex.EncodeToString(canonical[:])} {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(part))
		key = m.Sum(nil)
	}
	r.Header.Set(
		"Authorization", "AWS4-HMAC-SHA256 Credential="+b.Key+"/"+scope+",SignedHeaders="+signed+",Signature="+hex.EncodeToString(key),
	)
}
