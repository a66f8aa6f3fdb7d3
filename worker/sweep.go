package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/seconds"
	"github.com/quancheng/quancheng/models/sla"
	"github.com/quancheng/quancheng/trust/stamp"
	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Sweeper finds, each minute, what was missed: instances whose due moment
// passed or whose jobs were not started, whatever Temporal remembers. It also
// seals the audit chains, brings the seals to a second medium, looks whether the audit holds, ends the wait of messages whose time is over,
// brings again
// those that a suspended instance did not take or that can begin an instance now,
// asks again for starts that did not happen, watches the clocks of tasks, of second persons and of purchases that stand still, writes who
// was refused and who read what into the audit, gives the alarm for cases that
// nothing can move any more, brings tasks back when a deputyship ends, and deletes what is kept no longer.
type Sweeper struct {
	DB       *models.DB
	Temporal *client.Client
	Now      func() time.Time
	Log      *slog.Logger
	Marks    string // file of the high-water marks; "": none

	Sign     audit.Sign       // signs the seals of the audit; nil: nothing does
	Verifier audit.Verifier   // looks at the audit, and knows its second medium
	Stamps   *stamp.Authority // stamps the seals; nil: none does

	looked time.Time // for cases that stand still
}

const (
	sweepEvery = time.Minute
	sweepBatch = 500
	// grace is how long a due moment may be past before it counts as missed.
	grace = 30 * time.Second
)

// Run sweeps until ctx ends, first at once.
func (s *Sweeper) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := s.Pass(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("sweep", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Pass is one sweep.
func (s *Sweeper) Pass(ctx context.Context) error {
	return errors.Join(
		s.poke(ctx), s.seal(ctx), s.anchor(ctx), s.stamp(ctx), s.verify(ctx), s.expire(ctx), s.clocks(ctx), s.restart(ctx), s.access(ctx),
		s.stuck(ctx), s.reseat(ctx), s.resume(ctx), s.clean(ctx), s.marks(ctx),
	)
}

func (s *Sweeper) poke(ctx context.Context) error {
	roots, err := process.OverdueRoots(s.DB.Read(ctx), s.Now().Add(-grace), sweepBatch)
	if err != nil {
		return err
	}
	var errs []error
	for _, root := range roots {
		errs = append(errs, s.Temporal.Poke(ctx, root, contract.Poke{}))
	}
	return errors.Join(errs...)
}

func (s *Sweeper) seal(ctx context.Context) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		_, err := audit.SealAudit(tx, s.Now(), s.Sign)
		return err
	})
}

// anchor brings the seals to the second medium. One that is gone is told and holds up nothing.
func (s *Sweeper) anchor(ctx context.Context) error {
	err := s.DB.Tx(ctx, func(tx *gorm.DB) error {
		_, err := s.Verifier.Medium.Bring(tx, false)
		return err
	})
	for _, told := range []error{audit.ErrMediumGone, audit.ErrMediumLost, audit.ErrMediumDiffers} {
		if errors.Is(err, told) {
			s.Log.Error("seals of the audit are not brought to the second medium", "alarm", true, "error", err)
			return nil
		}
	}
	return err
}

// stamp has the newest seal stamped. An authority that does not answer is told and holds up nothing.
func (s *Sweeper) stamp(ctx context.Context) error {
	if s.Stamps == nil {
		return nil
	}
	no, text, err := audit.ToStamp(s.DB.Read(ctx), s.Now())
	if err != nil || no == 0 {
		return err
	}
	token, at, err := s.Stamps.Ask(ctx, text)
	if err != nil {
		s.Log.Warn("a seal of the audit has no time-stamp yet", "seal", no, "error", err)
		return nil
	}
	return s.DB.Tx(ctx, func(tx *gorm.DB) error { return audit.Stamp{Seal: no, At: at, Token: token}.Keep(tx) })
}

// walkedAgain is how many old entries of the audit each pass looks at again.
const walkedAgain = 2000

// verify looks at what is new in the audit, and at some of the old again.
func (s *Sweeper) verify(ctx context.Context) error {
	var p audit.Progress
	err := s.DB.Snapshot(ctx, func(tx *gorm.DB) (err error) {
		p, err = s.Verifier.New(tx, walkedAgain)
		return err
	})
	if err != nil {
		return err
	}
	if b := p.Break; b != nil {
		s.Log.Error("the audit does not hold", "alarm", true, "chain", b.Chain, "seq", b.Seq, "cause", b.Cause, "row", b.Row)
	}
	return s.DB.Tx(ctx, func(tx *gorm.DB) error { return p.Remember(tx, s.Now()) })
}

func (s *Sweeper) expire(ctx context.Context) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		if err := process.ExpireMessages(tx, s.Now()); err != nil {
			return err
		}
		if err := process.Redeliver(tx, s.Now(), sweepBatch); err != nil {
			return err
		}
		return process.BeginBuffered(tx, s.Now(), sweepBatch)
	})
}

// restart asks again for starts that were asked for and did not happen.
func (s *Sweeper) restart(ctx context.Context) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error { return outbox.StartAgain(tx, s.Now().Add(-grace), s.Now()) })
}

// reseat brings tasks back whose deputies' or holders' time is over.
func (s *Sweeper) reseat(ctx context.Context) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error {
		_, err := process.HandEndedDrafts(tx, s.Now())
		return errors.Join(err, process.ReseatEnded(tx, s.Now()))
	})
}

// resume lets cases go on whose suspension is over.
func (s *Sweeper) resume(ctx context.Context) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error { return process.ResumeEnded(tx, s.Now()) })
}

func (s *Sweeper) clocks(ctx context.Context) error {
	_, err := sla.Sweep(ctx, s.DB, s.Now())
	return errors.Join(
		err, sla.ExpireSeconds(ctx, s.DB, s.Now()), s.DB.Tx(ctx, func(tx *gorm.DB) error { return sla.ReleaseClaims(tx, s.Now()) }),
		s.DB.Tx(ctx, func(tx *gorm.DB) error { return sla.SweepSupervisions(tx, s.Now()) }),
		s.DB.Tx(ctx, func(tx *gorm.DB) error {
			_, err := seconds.Expire(tx, s.Now())
			return err
		}),
		facts.Overdue(ctx, s.DB, s.Now()),
		facts.OverduePayments(ctx, s.DB, s.Now()),
	)
}

// unusual is how many accesses of a person within a minute alarm
// (domain/compliance.md §3).
var unusual = map[string]int64{
	audit.AccessDenied: 10, audit.AccessRead: 200, audit.AccessExport: 200, audit.SignInRefused: 10,
	audit.FileRefused: 1, audit.RequestDistrusted: 1,
}

func (s *Sweeper) access(ctx context.Context) error {
	var over []audit.AccessTally
	err := s.DB.Tx(ctx, func(tx *gorm.DB) (err error) {
		over, err = audit.FoldAccess(tx, s.Now(), sweepBatch)
		return err
	})
	for _, t := range over {
		if t.N >= unusual[t.Action] {
			s.Log.Warn(
				"unusual access", "alarm", true, "action", t.Action, "person", t.Person, "subject", t.Subject, "times", t.N, "remote",
				t.Remote,
			)
		}
	}
	return err
}

func (s *Sweeper) clean(ctx context.Context) error {
	return s.DB.Tx(ctx, func(tx *gorm.DB) error { return process.Clean(tx, s.Now()) })
}

// marks keeps outside of the books how far their numbers have come.
func (s *Sweeper) marks(ctx context.Context) error {
	if s.Marks == "" {
		return nil
	}
	m, err := s.DB.MarksOf(ctx, s.Now())
	if err != nil {
		return err
	}
	return m.Keep(s.Marks)
}

// Repair asks again for starts that did not happen, starts a run for each open
// instance that has none, and returns how many instances it looked at.
func Repair(ctx context.Context, db *models.DB, c *client.Client) (int, error) {
	now := time.Now()
	if err := db.Tx(ctx, func(tx *gorm.DB) error { return outbox.StartAgain(tx, now, now) }); err != nil {
		return 0, err
	}
	var after int64
	n := 0
	for {
		roots, err := process.OpenRoots(db.Read(ctx), after, sweepBatch)
		if err != nil || len(roots) == 0 {
			return n, err
		}
		for _, root := range roots {
			if err := c.Poke(ctx, root, contract.Poke{}); err != nil {
				return n, err
			}
			n, after = n+1, root
		}
	}
}
