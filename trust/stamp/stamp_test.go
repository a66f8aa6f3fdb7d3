package stamp

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// office is an authority of the test.
type office struct {
	key  *ecdsa.PrivateKey
	cert []byte
	root string // file
	turn func(*info)
	says func(w http.ResponseWriter) bool // instead of an answer
}

func newOffice(t *testing.T, use x509.ExtKeyUsage) *office {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Time"}, NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{use}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &office{key: key, cert: der, root: root}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// sign makes the token of what is stated.
func (o *office) sign(i info) []byte {
	inside := must(asn1.Marshal(i))
	digest := sha256.Sum256(inside)
	value := must(asn1.MarshalWithParams([][]byte{digest[:]}, "set"))
	list := must(asn1.MarshalWithParams([]attribute{{oidMessageDigest, asn1.RawValue{FullBytes: value}}}, "set"))
	hash := sha256.Sum256(list)
	signature := must(ecdsa.SignASN1(rand.Reader, o.key, hash[:]))
	of := algorithm{OID: oidSHA256}
	tagged := bytes.Clone(list)
	tagged[0] = 0xa0
	bag := must(asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: o.cert}))
	// By hand where the parts lie under tags of their own.
	signer := must(asn1.Marshal(struct {
		Version int
		ID      asn1.RawValue
		Digest  algorithm
		Signed  asn1.RawValue
		Kind    algorithm
		Value   []byte
	}{1, asn1.RawValue{FullBytes: must(asn1.Marshal(struct{ N int }{1}))}, of, asn1.RawValue{FullBytes: tagged}, of, signature}))
	data := must(asn1.Marshal(struct {
		Version int
		Digests []algorithm `asn1:"set"`
		Inside  struct {
			Type asn1.ObjectIdentifier
			Data []byte `asn1:"explicit,tag:0"`
		}
		Certificates asn1.RawValue
		Signers      []asn1.RawValue `asn1:"set"`
	}{3, []algorithm{of}, struct {
		Type asn1.ObjectIdentifier
		Data []byte `asn1:"explicit,tag:0"`
	}{oidTSTInfo, inside}, asn1.RawValue{FullBytes: bag}, []asn1.RawValue{{FullBytes: signer}}}))
	return must(asn1.Marshal(struct {
		Type asn1.ObjectIdentifier
		Data asn1.RawValue
	}{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: data}}))
}

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if o.says != nil && o.says(w) {
		return
	}
	var q query
	if _, err := asn1.Unmarshal(must(io.ReadAll(r.Body)), &q); err != nil || !q.CertReq {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	i := info{
		Version: 1, Policy: asn1.ObjectIdentifier{1, 2, 3}, Imprint: q.Imprint, Serial: big.NewInt(7), Nonce: q.Nonce,
		At: asn1.RawValue{Tag: asn1.TagGeneralizedTime, Bytes: []byte("20260302120000.25Z")},
	}
	if o.turn != nil {
		o.turn(&i)
	}
	// What encodes an info leaves out parts that are not there.
	status := must(asn1.Marshal(struct{ Status int }{0}))
	_, _ = w.Write(must(asn1.Marshal(struct{ Status, Token asn1.RawValue }{
		asn1.RawValue{FullBytes: status}, asn1.RawValue{FullBytes: o.sign(i)},
	})))
}

// TestStamp: an authority stamps, and its token holds for the text, under its root, and for nothing else.
func TestStamp(t *testing.T) {
	o := newOffice(t, x509.ExtKeyUsageTimeStamping)
	s := httptest.NewServer(o)
	defer s.Close()
	a, err := Parse(s.URL, o.root)
	if err != nil {
		t.Fatal(err)
	}
	token, at, err := a.Ask(context.Background(), "seal 1")
	if err != nil || !at.Equal(noon.Add(250*time.Millisecond)) {
		t.Fatalf("%v, %v", at, err)
	}
	if later, err := a.Look(token, "seal 1"); err != nil || !later.Equal(at) {
		t.Errorf("looked at later: %v, %v", later, err)
	}
	altered := bytes.Replace(token, []byte("20260302120000.25Z"), []byte("20260102120000.25Z"), 1)
	other := newOffice(t, x509.ExtKeyUsageTimeStamping)
	for name, err := range map[string]error{
		"another text":      second(a.Look(token, "seal 2")),
		"an altered moment": second(a.Look(altered, "seal 1")),
		"cut off":           second(a.Look(token[:len(token)-9], "seal 1")),
		"with more behind":  second(a.Look(append(bytes.Clone(token), 0), "seal 1")),
		"nothing":           second(a.Look(nil, "seal 1")),
		"another authority": second(must(Parse(s.URL, other.root)).Look(token, "seal 1")),
	} {
		if err == nil {
			t.Errorf("%s: holds", name)
		}
	}
	if a, err := Parse("", "nowhere"); a != nil || err != nil {
		t.Errorf("without a setting: %v, %v", a, err)
	}
	if _, err := Parse(s.URL, filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("roots that are not there are taken")
	}
}

func second(_ time.Time, err error) error { return err }

// TestAuthoritiesThatDoNot: each is told, and gives no token.
func TestAuthoritiesThatDoNot(t *testing.T) {
	for name, c := range map[string]struct {
		use  x509.ExtKeyUsage
		turn func(*info)
		says func(w http.ResponseWriter) bool
		word string
	}{
		"refuses": {says: func(w http.ResponseWriter) bool {
			_, _ = w.Write(must(asn1.Marshal(struct{ S struct{ Status int } }{struct{ Status int }{2}})))
			return true
		}, word: "refuses"},
		"is down":          {says: func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusBadGateway); return true }, word: "502"},
		"says hello":       {says: func(w http.ResponseWriter) bool { _, _ = io.WriteString(w, "hello"); return true }, word: "no time-stamp"},
		"another question": {use: x509.ExtKeyUsageTimeStamping, turn: func(i *info) { i.Nonce = big.NewInt(1) }, word: "another question"},
		"another digest": {use: x509.ExtKeyUsageTimeStamping, turn: func(i *info) {
			i.Imprint.Digest = bytes.Repeat([]byte{1}, 32)
		}, word: "something else"},
		"no time-stamping": {use: x509.ExtKeyUsageServerAuth, word: "certificate"},
		"ended long ago": {use: x509.ExtKeyUsageTimeStamping, turn: func(i *info) {
			i.At.Bytes = []byte("20290302120000Z")
		}, word: "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, c.use)
			o.turn, o.says = c.turn, c.says
			s := httptest.NewServer(o)
			defer s.Close()
			token, _, err := must(Parse(s.URL, o.root)).Ask(context.Background(), "seal 1")
			if err == nil || token != nil || !strings.Contains(err.Error(), c.word) {
				t.Errorf("%d bytes, %v", len(token), err)
			}
		})
	}
}
