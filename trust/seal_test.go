package trust_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
)

// clock is a clock that tests move.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

func newClock() *clock { return &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

var sample = contract.Request{
	Root: 7, ID: "u:ann:1", Name: "agree", Digest: "d", Event: json.RawMessage(`{ "opinion": "a<b & 同意" }`),
	Data: json.RawMessage(`{"x":1.50}`), Acting: json.RawMessage(`{"person":"ann"}`),
}

func sealed(t testing.TB, k *trust.Keys) contract.Request {
	t.Helper()
	r, err := k.Seal(sample)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// code is why a request is not believed; empty: it is.
func code(t testing.TB, k *trust.Keys, r contract.Request) string {
	t.Helper()
	err := k.Verify(r)
	if err == nil {
		return ""
	}
	var d *contract.Distrust
	if !errors.As(err, &d) {
		t.Fatal(err)
	}
	return d.Code
}

// A seal holds over every field of a request and of the seal, whatever fields they will have.
func TestEveryFieldIsSealed(t *testing.T) {
	c := newClock()
	k := trust.New(c.now).At(c.read)
	var alter func(v reflect.Value, at string, r *contract.Request)
	alter = func(v reflect.Value, at string, r *contract.Request) {
		for i := range v.NumField() {
			f, name := v.Field(i), at+v.Type().Field(i).Name
			if name == "Trace" { // for those who watch: nobody decides anything by it
				continue
			}
			was := reflect.New(f.Type()).Elem()
			was.Set(f)
			switch f.Kind() {
			case reflect.Struct:
				alter(f, name+".", r)
				continue
			case reflect.Int64:
				f.SetInt(f.Int() + 1)
			case reflect.String:
				f.SetString(f.String() + "x")
			case reflect.Slice:
				f.SetBytes(append([]byte{'x'}, f.Bytes()...))
			default:
				t.Fatalf("%s is of a kind that this test cannot alter", name)
			}
			if got := code(t, k, *r); got != contract.RequestAltered && got != contract.KeyUnknown {
				t.Errorf("altered %s: %q", name, got)
			}
			f.Set(was)
		}
	}
	r := sealed(t, k)
	alter(reflect.ValueOf(&r).Elem(), "", &r)
	if got := code(t, k, r); got != "" {
		t.Errorf("the request itself: %q", got)
	}
}

// What moves from one field to the next gives other bytes.
func TestFieldsDoNotRunIntoEachOther(t *testing.T) {
	k := trust.New(time.Time{})
	r := sealed(t, k)
	r.ID, r.Name = r.ID+"a", r.Name[1:]
	if got := code(t, k, r); got != contract.RequestAltered {
		t.Errorf("%q", got)
	}
}

// A seal outlives the journey through Temporal as JSON, twice.
func TestSealTravels(t *testing.T) {
	k := trust.New(time.Time{})
	for name, r := range map[string]contract.Request{"full": sample, "bare": {Root: 1, ID: "s"},
		"empty": {ID: "x", Event: json.RawMessage(` {} `), Data: json.RawMessage{}}} {
		r, err := k.Seal(r)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			raw, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			r = contract.Request{}
			if err := json.Unmarshal(raw, &r); err != nil {
				t.Fatal(err)
			}
			if got := code(t, k, r); got != "" {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
}

// TestBelief is who is believed when.
func TestBelief(t *testing.T) {
	const h = time.Hour
	for _, c := range []struct {
		name string
		play func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) // who verifies what
		want string
	}{
		{"unsigned", func(*testing.T, *clock, *trust.Keys) (*trust.Keys, contract.Request) { return nil, sample },
			contract.RequestUnsigned},
		{"at once", func(t *testing.T, _ *clock, k *trust.Keys) (*trust.Keys, contract.Request) { return k, sealed(t, k) }, ""},
		{"after a weekend", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			r := sealed(t, k)
			c.now = c.now.Add(63 * h)
			return k, r
		}, ""},
		{"to the last moment", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			r := sealed(t, k)
			c.now = c.now.Add(contract.Validity - time.Millisecond)
			return k, r
		}, ""},
		{"expired", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			r := sealed(t, k)
			c.now = c.now.Add(contract.Validity)
			return k, r
		}, contract.RequestExpired},
		{"a clock somewhat behind", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			r := sealed(t, k)
			c.now = c.now.Add(-contract.Ahead)
			return k, r
		}, ""},
		{"a clock far behind", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			r := sealed(t, k)
			c.now = c.now.Add(-contract.Ahead - time.Millisecond)
			return k, r
		}, contract.RequestEarly},
		{"a stranger's key", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			return k, sealed(t, trust.New(c.now).At(c.read))
		}, contract.KeyUnknown},
		{"a stranger under our key's name", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			r := sealed(t, trust.New(c.now).At(c.read))
			r.Seal.Key = k.Signing[0].ID
			return k, r
		}, contract.RequestAltered},
		{"no keys", func(t *testing.T, _ *clock, k *trust.Keys) (*trust.Keys, contract.Request) { return nil, sealed(t, k) },
			contract.KeyUnknown},
		{"public half only", func(t *testing.T, _ *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			return k.Public(), sealed(t, k)
		}, ""},
		{"rotated while it waited", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			next := k.Rotated(c.now.Add(h))
			c.now = c.now.Add(h - time.Minute)
			r := sealed(t, next) // still with the old key
			c.now = c.now.Add(70 * h)
			return next, r
		}, ""},
		{"the old process, the new one's file, before the new key is used",
			func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
				return k, sealed(t, k.Rotated(c.now.Add(h)))
			}, ""},
		{"the new process believes the old one", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			next := k.Rotated(c.now.Add(h))
			c.now = c.now.Add(24 * h)
			return next, sealed(t, k)
		}, ""},
		{"the old process was not restarted in time", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			next := k.Rotated(c.now.Add(h))
			c.now = c.now.Add(h)
			return k, sealed(t, next)
		}, contract.KeyUnknown},
		{"the old process was never restarted", func(t *testing.T, c *clock, k *trust.Keys) (*trust.Keys, contract.Request) {
			next := k.Rotated(c.now.Add(h))
			c.now = c.now.Add(h + contract.Validity + 24*h)
			return next, sealed(t, k)
		}, contract.KeyEnded},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := newClock()
			k, r := c.play(t, at, trust.New(at.now).At(at.read))
			if k == nil {
				k = (&trust.Keys{}).At(at.read)
			}
			if got := code(t, k, r); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A rotated key is used from its moment on, and the old one no longer.
func TestRotation(t *testing.T) {
	c := newClock()
	old := trust.New(c.now).At(c.read)
	k := old.Rotated(c.now.Add(time.Hour))
	used := func() [2]string { return [2]string{sealed(t, k).Seal.Key, k.Encrypting().ID} }
	if used() != [2]string{old.Signing[0].ID, old.Payload[0].ID} {
		t.Errorf("before: %v", used())
	}
	c.now = c.now.Add(time.Hour)
	if used() != [2]string{k.Signing[1].ID, k.Payload[1].ID} {
		t.Errorf("after: %v", used())
	}
	if len(old.Signing) != 1 || old.Signing[0].Until != nil {
		t.Error("the old keys were changed")
	}
}

func BenchmarkSeal(b *testing.B) {
	k := trust.New(time.Time{})
	for b.Loop() {
		sealed(b, k)
	}
}

func BenchmarkVerify(b *testing.B) {
	k := trust.New(time.Time{})
	r := sealed(b, k)
	for b.Loop() {
		if err := k.Verify(r); err != nil {
			b.Fatal(err)
		}
	}
}
