package bench

import (
	"fmt"
	"sync/atomic"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/payload"
)

// meter counts the encrypted payloads that pass a converter on their way to Temporal and back.
type meter struct {
	converter.DataConverter
	keys                 *trust.Keys
	stored, read, volume atomic.Int64 // volume: bytes of those that were stored
}

func newMeter(keys *trust.Keys) *meter {
	return &meter{DataConverter: payload.Converter(keys), keys: keys}
}

func (m *meter) reset() {
	m.stored.Store(0)
	m.read.Store(0)
	m.volume.Store(0)
}

// ToPayload counts one that is stored.
func (m *meter) ToPayload(value any) (*commonpb.Payload, error) {
	p, err := m.DataConverter.ToPayload(value)
	m.store(p)
	return p, err
}

// ToPayloads counts those that are stored.
func (m *meter) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	ps, err := m.DataConverter.ToPayloads(values...)
	for _, p := range ps.GetPayloads() {
		m.store(p)
	}
	return ps, err
}

func (m *meter) store(p *commonpb.Payload) {
	if encrypted(p) {
		m.stored.Add(1)
		m.volume.Add(int64(len(p.GetData())))
	}
}

// encrypted tells from what stays in clear for people who read Temporal's pages.
func encrypted(p *commonpb.Payload) bool {
	return string(p.GetMetadata()[converter.MetadataEncoding]) == "binary/encrypted"
}

// FromPayload counts one that is read.
func (m *meter) FromPayload(p *commonpb.Payload, into any) error {
	m.open(p)
	return m.DataConverter.FromPayload(p, into)
}

// FromPayloads counts those that are read.
func (m *meter) FromPayloads(ps *commonpb.Payloads, into ...any) error {
	for _, p := range ps.GetPayloads() {
		m.open(p)
	}
	return m.DataConverter.FromPayloads(ps, into...)
}

func (m *meter) open(p *commonpb.Payload) {
	if encrypted(p) {
		m.read.Add(1)
	}
}

// price is what encrypting and decrypting the payloads of one of n steps costs:
// as many of their mean size, as bytes, which are encoded to nothing else.
func (m *meter) price(n int) (part, error) {
	stored, read := m.stored.Load(), m.read.Load()
	if stored == 0 {
		return part{}, fmt.Errorf("bench: no payload went to Temporal")
	}
	size := m.volume.Load() / stored
	value, into := make([]byte, size), []byte{}
	var ps *commonpb.Payloads
	encrypt, err := price(often, func() (err error) { ps, err = payload.Converter(m.keys).ToPayloads(value); return err })
	if err != nil {
		return part{}, err
	}
	decrypt, err := price(often, func() error { return payload.Converter(m.keys).FromPayloads(ps, &into) })
	if err != nil {
		return part{}, err
	}
	each := func(count int64) float64 { return float64(count) / float64(n) }
	took := each(stored)*float64(encrypt) + each(read)*float64(decrypt)
	return part{
		name: fmt.Sprintf("encrypt %.1f payloads of %d B, decrypt %.1f", each(stored), size, each(read)),
		took: time.Duration(took),
	}, nil
}
