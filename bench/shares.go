package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/workflows/contract"
)

// shares says where a step goes: approvals one at a time, so that nothing waits
// for anything else, through Temporal and then by Commit alone.
func (s *stand) shares(ctx context.Context, o Options) error {
	path, commit, book := &way{name: "BPMN path", send: s.ours}, &way{name: "Commit", send: s.bare}, newLedger()
	commit.send = book.during(s.bare)
	s.payloads.reset()
	if err := path.measure(ctx, s.db, 1, o.Cases); err != nil {
		return err
	}
	hidden, err := s.payloads.price(len(path.took))
	if err != nil {
		return err
	}
	if err := commit.measure(ctx, s.db, 1, o.Cases); err != nil {
		return err
	}
	seal, verify, err := s.seals(ctx)
	if err != nil {
		return err
	}
	statements, sum := book.over(len(commit.took))
	whole := path.took.mean()
	alone := commit.took.mean() // with seal and verify, as they come in every step
	rest := alone - seal.took - verify.took - s.engine - sum.took
	parts := []part{
		{"whole step", whole, sum.statements, sum.writes}, seal, verify, hidden,
		{name: "Temporal besides", took: whole - alone - hidden.took},
		{name: "engine", took: s.engine},
	}
	parts = append(parts, statements...)
	parts = append(parts, part{name: "begin, commit, decoding and encoding", took: rest})
	table(o.Out, fmt.Sprintf("one step at a time (an approval has %d)", len(hand)), whole, parts)
	return s.asked(ctx, o)
}

// seals is what sealing a request and believing it costs.
func (s *stand) seals(ctx context.Context) (seal, verify part, err error) {
	r, err := begin(ctx, s.db)
	if err != nil {
		return seal, verify, err
	}
	if r, err = request(r.Root, r.ID, "complete", engine.Event{Type: engine.Operate, Key: r.Root, Operation: "complete"},
		"ann"); err != nil {
		return seal, verify, err
	}
	var sealed contract.Request
	seal.name, verify.name = "seal the request", "verify the seal"
	if seal.took, err = price(often, func() (err error) { sealed, err = s.keys.Seal(r); return err }); err != nil {
		return seal, verify, err
	}
	verify.took, err = price(often, func() error { return s.keys.Verify(sealed) })
	return seal, verify, err
}

const often = 200

// price is the median time that something takes, of n times.
func price(n int, f func() error) (time.Duration, error) {
	var took times
	for range n {
		began := time.Now()
		if err := f(); err != nil {
			return 0, fmt.Errorf("bench: %w", err)
		}
		took = append(took, time.Since(began))
	}
	return took.at(0.5), nil
}
