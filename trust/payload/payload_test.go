package payload_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/payload"
	"github.com/quancheng/quancheng/workflows/contract"
)

const secret = "张三不同意"

var request = contract.Request{Root: 1, ID: "u:ann:1", Event: json.RawMessage(`{"opinion":"` + secret + `"}`)}

func encode(t testing.TB, dc converter.DataConverter, v any) *commonpb.Payloads {
	t.Helper()
	p, err := dc.ToPayloads(v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wire(t testing.TB, m proto.Message) []byte {
	t.Helper()
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What is stored holds nothing of what was said, and is read again; two payloads of one content differ.
func TestEncrypted(t *testing.T) {
	dc := payload.Converter(trust.New(time.Time{}))
	a, b := encode(t, dc, request), encode(t, dc, request)
	if raw := wire(t, a); bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, []byte("ann")) ||
		bytes.Contains(raw, []byte("json/plain")) {
		t.Errorf("%q", raw)
	}
	if proto.Equal(a, b) {
		t.Error("one content gave the same bytes twice")
	}
	var out contract.Request
	if err := dc.FromPayloads(a, &out); err != nil || string(out.Event) != string(request.Event) {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestReaders is who reads what.
func TestReaders(t *testing.T) {
	now := time.Now()
	old := trust.New(now.Add(-time.Hour))
	rotated := old.Rotated(now.Add(-time.Minute))
	swapped := encode(t, payload.Converter(rotated), request) // under the new key, said to be under the old
	swapped.Payloads[0].Metadata["encryption-key-id"] = []byte(old.Payload[0].ID)
	broken := encode(t, payload.Converter(old), request)
	broken.Payloads[0].Data[20] ^= 1
	short := encode(t, payload.Converter(old), request)
	short.Payloads[0].Data = short.Payloads[0].Data[:5]
	for _, c := range []struct {
		name   string
		in     *commonpb.Payloads
		reader *trust.Keys
		want   string
	}{
		{"of a former release", encode(t, converter.GetDefaultDataConverter(), request), rotated, ""},
		{"under the old key", encode(t, payload.Converter(old), request), rotated, ""},
		{"under a key that the reader lacks", encode(t, payload.Converter(rotated), request), old, rotated.Payload[1].ID},
		{"under a stranger's key", encode(t, payload.Converter(trust.New(now)), request), rotated, "does not have"},
		{"said to be under another key", swapped, rotated, "was not encrypted with"},
		{"altered", broken, old, "was not encrypted with"},
		{"cut off", short, old, "was not encrypted with"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out contract.Request
			err := payload.Converter(c.reader).FromPayloads(c.in, &out)
			if c.want == "" && (err != nil || out.ID != request.ID) ||
				c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%+v, %v; want %q", out, err, c.want)
			}
		})
	}
}

// People read summaries and the current details in Temporal's own pages.
func TestReadable(t *testing.T) {
	dc, plain := payload.Converter(trust.New(time.Time{})), converter.GetDefaultDataConverter()
	summary, err := dc.ToPayload("审签")
	if err != nil {
		t.Fatal(err)
	}
	var text string
	if err := plain.FromPayload(summary, &text); err != nil || text != "审签" {
		t.Errorf("%q, %v", text, err)
	}
	details := encode(t, dc, &sdk.WorkflowMetadata{CurrentDetails: "**XM-1**"})
	read := &sdk.WorkflowMetadata{}
	if err := plain.FromPayloads(details, &read); err != nil || read.CurrentDetails != "**XM-1**" {
		t.Errorf("%v, %v", read, err)
	}
	for what, p := range map[string]*commonpb.Payloads{"an argument": encode(t, dc, secret)} {
		if bytes.Contains(wire(t, p), []byte(secret)) {
			t.Errorf("%s is in clear", what)
		}
	}
}

// The message of an error is hidden; its type stays.
func TestFailures(t *testing.T) {
	o := payload.Options(trust.New(time.Time{}), client.Options{})
	f := o.FailureConverter.ErrorToFailure(errors.New("duplicate key (name)=(" + secret + ")"))
	if raw := wire(t, f); bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, []byte("duplicate")) {
		t.Errorf("%q", raw)
	}
	if err := o.FailureConverter.FailureToError(f); err == nil || !strings.Contains(err.Error(), secret) {
		t.Errorf("read again: %v", err)
	}
}

// A process without keys stores nothing in clear.
func TestNoKeys(t *testing.T) {
	if p, err := payload.Converter((&trust.Keys{}).At(time.Now)).ToPayloads(request); err == nil {
		t.Errorf("%v", p)
	}
}

var large = contract.Request{Root: 1, ID: "u:ann:1", Event: json.RawMessage(`{"x":"` + strings.Repeat("审", 1700) + `"}`)}

func BenchmarkPayload(b *testing.B) {
	for name, dc := range map[string]converter.DataConverter{"plain": converter.GetDefaultDataConverter(),
		"encrypted": payload.Converter(trust.New(time.Time{}))} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var out contract.Request
				if err := dc.FromPayloads(encode(b, dc, large), &out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
