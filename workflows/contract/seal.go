package contract

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// Seal is how the process that accepted a request vouches for it. Whoever
// reaches Temporal can send an Update; only a sealed one is applied.
type Seal struct {
	Key       string `json:"key"`       // id of the signing key
	Issued    int64  `json:"issued"`    // milliseconds since 1970
	Expires   int64  `json:"expires"`   // milliseconds since 1970
	Signature []byte `json:"signature"` // Ed25519 over Request.Sealed
}

// Validity is how long a seal holds. An accepted Update may wait while no
// worker runs, from Friday evening to Monday morning and somewhat longer; a
// request that somebody held back must not be played much later. What expired
// is lost to nobody: no outcome is stored, so the same id can be sent again.
const Validity = 72 * time.Hour

// Ahead is how far the clock of a sealing process may be ahead of Commit's.
const Ahead = 5 * time.Minute

// sealDomain begins what is signed, so that no signature of another purpose or version fits.
const sealDomain = "quancheng/contract.Request/1"

// Sealed is the one encoding of a request that is signed: every field, each
// with its length before it, so that no two requests have the same bytes.
func (r Request) Sealed() []byte {
	b := make([]byte, 0, 256+len(r.Event)+len(r.Data)+len(r.Acting))
	for _, field := range [][]byte{
		[]byte(sealDomain), []byte(r.Seal.Key), number(r.Root), []byte(r.ID), []byte(r.Name), []byte(r.Digest),
		r.Event, r.Data, r.Acting, number(r.Seal.Issued), number(r.Seal.Expires),
	} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(field)))
		b = append(b, field...)
	}
	return b
}

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// Settled gives the JSON of a request the bytes that it has after any number
// of journeys as JSON, so that a seal outlives them. The error is of JSON that is none.
func (r Request) Settled() (Request, error) {
	for _, part := range []*json.RawMessage{&r.Event, &r.Data, &r.Acting} {
		if len(*part) == 0 && part != &r.Event { // left out where it is empty
			*part = nil
			continue
		}
		raw, err := json.Marshal(*part)
		if err != nil {
			return r, err
		}
		*part = raw
	}
	return r, nil
}

// Arrival is what the workflow of a root instance hands to Commit: a request
// from outside, which needs its seal, or a due moment of its own, which needs
// none because the database knows it. An Update cannot choose: its handler fills this in.
type Arrival struct {
	Root    int64    `json:"root"` // the workflow's own
	Request *Request `json:"request,omitempty"`
	Timer   *Timer   `json:"timer,omitempty"`
}

// ErrDistrust is the type of the error of an Update that Commit does not believe; its detail is a Distrust.
const ErrDistrust = "distrust"

// Distrust says why a request is not believed to come from one of our
// processes. Nothing was applied and nothing stored under its id: whoever owns
// the id is not hindered. Its text for people is in the catalogues by Code.
type Distrust struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// The codes of a Distrust.
const (
	NotBelieved        = "request-not-believed" // and the refusal itself cannot be read
	RequestUnsigned    = "request-unsigned"
	RequestAltered     = "request-altered"
	RequestMisdirected = "request-misdirected" // sent to the workflow of another instance
	RequestExpired     = "request-expired"
	RequestEarly       = "request-early" // the clocks differ
	KeyUnknown         = "signing-key-unknown"
	KeyEnded           = "signing-key-ended"
)

// Error makes a Distrust an error.
func (d *Distrust) Error() string {
	var b strings.Builder
	b.WriteString(d.Code)
	for _, name := range slices.Sorted(maps.Keys(d.Args)) {
		b.WriteString(" " + name + "=" + d.Args[name])
	}
	return b.String()
}

// Late reports that the request was ours, but its time is over: an outcome that it has already may be told.
func (d *Distrust) Late() bool { return d.Code == RequestExpired || d.Code == KeyEnded }
