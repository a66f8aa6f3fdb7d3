package webhook

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	now  = time.Unix(1_657_589_404, 0)
	body = []byte(`{"event_id":"e1"}`)
)

// The key, message and signature are computed with openssl:
// printf 'msg_1.1657589404.{"event_id":"e1"}' | openssl dgst -sha256 -hmac <32 bytes of 'k'> -binary | base64
const known = "v1,mMdhEyofp5Aw+wFSLwnC8qf1NH0kY9CYVFIl/wF1Kwc="

func signed(k Key) http.Header {
	h := http.Header{}
	SetHeaders(h, k, "msg_1", now, body)
	return h
}

func TestVerify(t *testing.T) {
	k1, k2, other := NewKey(), NewKey(), NewKey()
	with := func(k Key, change func(http.Header)) http.Header {
		h := signed(k)
		change(h)
		return h
	}
	set := func(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
	both := k2.Sign("msg_1", now, body) + " v1sm2,AAAA " + k1.Sign("msg_1", now, body)
	cases := []struct {
		name string
		h    http.Header
		keys []Key
		body []byte
		at   time.Time
		want error
	}{
		{"good", signed(k1), []Key{k1}, body, now, nil},
		{"new key first, old key still valid", signed(k1), []Key{k2, k1}, body, now, nil},
		{"several signatures, one known", with(k1, set(HeaderSignature, both)), []Key{k1}, body, now, nil},
		{"at the edge of the window", signed(k1), []Key{k1}, body, now.Add(Tolerance), nil},
		{"too old", signed(k1), []Key{k1}, body, now.Add(Tolerance + time.Second), ErrTimestamp},
		{"from the future", signed(k1), []Key{k1}, body, now.Add(-Tolerance - time.Second), ErrTimestamp},
		{"unknown key", signed(other), []Key{k1, k2}, body, now, ErrSignature},
		{"no keys", signed(k1), nil, body, now, ErrSignature},
		{"short key is never valid", signed(Key("short")), []Key{Key("short")}, body, now, ErrSignature},
		{"body changed", signed(k1), []Key{k1}, []byte(`{"event_id":"e2"}`), now, ErrSignature},
		{"id changed", with(k1, set(HeaderID, "msg_2")), []Key{k1}, body, now, ErrSignature},
		{"timestamp changed", with(k1, set(HeaderTimestamp, "1657589405")), []Key{k1}, body, now, ErrSignature},
		{"no id", with(k1, func(h http.Header) { h.Del(HeaderID) }), []Key{k1}, body, now, ErrHeaders},
		{"timestamp not a number", with(k1, set(HeaderTimestamp, "now")), []Key{k1}, body, now, ErrHeaders},
		{"no signature", with(k1, func(h http.Header) { h.Del(HeaderSignature) }), []Key{k1}, body, now, ErrHeaders},
		{"other version only", with(k1, set(HeaderSignature, "v1sm2,AAAA")), []Key{k1}, body, now, ErrSignature},
		{"not base64", with(k1, set(HeaderSignature, "v1,%%%")), []Key{k1}, body, now, ErrSignature},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := Verify(c.h, c.keys, c.at, c.body); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestKnownSignature(t *testing.T) {
	k := Key("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk")
	if got := k.Sign("msg_1", now, body); got != known {
		t.Errorf("got %s, want %s", got, known)
	}
}

func TestAnyChangedByteIsNoticed(t *testing.T) {
	k := NewKey()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "body")
		h := http.Header{}
		SetHeaders(h, k, "id", now, b)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[i] ^= rapid.ByteRange(1, 255).Draw(t, "flip")
		if Verify(h, []Key{k}, now, b) == nil {
			t.Fatal("a changed body was believed")
		}
	})
}

func TestKeys(t *testing.T) {
	a, b := NewKey(), NewKey()
	keys, err := ParseKeys(a.String() + "  " + b.String())
	if err != nil || len(keys) != 2 || keys[0].String() != a.String() || keys[1].String() != b.String() {
		t.Errorf("round trip: %v %v", keys, err)
	}
	for _, bad := range []string{"", "whsec_", "whsec_AAAA", "whsec_%%%"} {
		if _, err := ParseKeys(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
