// Package payload hides what Temporal stores. Arguments, results, signals and
// failures are encrypted with AES-256-GCM; what people read in Temporal's own
// pages (summaries of timers and activities, the current details) stays in
// clear, as names of Updates and search attributes do: none of them holds a
// person or an opinion. Payloads in clear of a former release are still read.
package payload

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"github.com/quancheng/quancheng/trust"
)

// The metadata of an encrypted payload.
const (
	encoding     = "binary/encrypted"
	keyID        = "encryption-key-id"
	sealedDomain = "quancheng/payload/1 " // begins what is authenticated besides the content; the key's id follows
)

// Options are those of a client or worker that reads and writes encrypted payloads.
func Options(k *trust.Keys, o client.Options) client.Options {
	o.DataConverter = Converter(k)
	o.FailureConverter = temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: o.DataConverter, EncodeCommonAttributes: true, // messages of errors may name people
	})
	return o
}

// Converter turns values into encrypted payloads and back.
func Converter(k *trust.Keys) converter.DataConverter {
	plain := converter.GetDefaultDataConverter()
	return &data{DataConverter: converter.NewCodecDataConverter(plain, &codec{k}), plain: plain}
}

// data leaves in clear what people read in Temporal's pages.
type data struct {
	converter.DataConverter
	plain converter.DataConverter
}

// ToPayload converts a single value. The SDK does so with a bare string only for a summary.
func (d *data) ToPayload(value any) (*commonpb.Payload, error) {
	if _, summary := value.(string); summary {
		return d.plain.ToPayload(value)
	}
	return d.DataConverter.ToPayload(value)
}

// ToPayloads converts arguments and results, among them the answer to the query for the current details.
func (d *data) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	if len(values) == 1 {
		if _, details := values[0].(*sdk.WorkflowMetadata); details {
			return d.plain.ToPayloads(values...)
		}
	}
	return d.DataConverter.ToPayloads(values...)
}

// codec is a converter.PayloadCodec.
type codec struct{ keys *trust.Keys }

// Encode encrypts whole payloads, with their own metadata.
func (c *codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	key := c.keys.Encrypting()
	if key == nil {
		return nil, errors.New("payload: no payload key is in use: give the process its keys")
	}
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("payload: %w", err)
		}
		aead, err := cipherOf(key)
		if err != nil {
			return nil, err
		}
		out[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encoding), keyID: []byte(key.ID)},
			Data:     aead.Seal(nil, nil, plain, []byte(sealedDomain+key.ID)),
		}
	}
	return out, nil
}

// Decode decrypts what Encode made, and leaves what a former release stored.
func (c *codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != encoding {
			out[i] = p
			continue
		}
		plain, err := c.open(string(p.Metadata[keyID]), p.Data)
		if err != nil {
			return nil, err
		}
		out[i] = &commonpb.Payload{}
		if err := proto.Unmarshal(plain, out[i]); err != nil {
			return nil, fmt.Errorf("payload: %w", err)
		}
	}
	return out, nil
}

func (c *codec) open(id string, sealed []byte) ([]byte, error) {
	for _, key := range c.keys.Payload {
		if key.ID != id {
			continue
		}
		aead, err := cipherOf(&key)
		if err != nil {
			return nil, err
		}
		plain, err := aead.Open(nil, nil, sealed, []byte(sealedDomain+id))
		if err != nil {
			return nil, fmt.Errorf("payload: it was not encrypted with key %s: %w", id, err)
		}
		return plain, nil
	}
	return nil, fmt.Errorf(
		"payload: it is encrypted with key %q, which this process does not have: give it the present keys and start it again", id,
	)
}

// cipherOf draws a nonce of its own for each payload and keeps it before the content.
func cipherOf(key *trust.PayloadKey) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key.Secret)
	if err != nil {
		return nil, fmt.Errorf("payload: key %s: %w", key.ID, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("payload: key %s: %w", key.ID, err)
	}
	return aead, nil
}
