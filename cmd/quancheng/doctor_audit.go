package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/trust"
)

// cryptography computes the known answers that every start computes too.
func (d *doctor) cryptography() {
	if err := trust.SelfTest(); err != nil {
		d.say("crypto", wellError, "this binary or this machine computes wrongly: do not let it sign or encrypt", "%v", err)
		return
	}
	d.say("crypto", wellOK, "", "SM2, SM3, SM4 and the others give the answers of their standards")
}

// scanner asks the scanner of uploads whether it is there.
func (d *doctor) scanner(ctx context.Context) {
	s, err := files.ParseScanner(os.Getenv(scannerVariable))
	switch {
	case err != nil:
		d.say("scanner", wellError, "mend "+scannerVariable, "%v", err)
		return
	case s == nil:
		d.say(
			"scanner", wellWarning, scannerVariable+": tcp://HOST:3310 or unix:/PATH of a clamd",
			"nothing looks for viruses in what is uploaded",
		)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := s.Ping(ctx); err != nil {
		d.say("scanner", wellError, "start it: no upload is taken without it", "%v", err)
		return
	}
	d.say("scanner", wellOK, "", "%s answers", s.Address)
}

// audit says what the worker last found of the audit, and whether its seals go to a second medium.
func (d *doctor) audit(ctx context.Context) {
	c, err := audit.CheckOf(d.db.Read(ctx))
	m := medium()
	switch {
	case err != nil:
		d.say("audit", wellError, "", "%v", err)
	case c.Broken != nil:
		d.say("audit", wellError, "quancheng audit verify looks at everything again", "%s", breakText(c.Broken))
	case m == "":
		d.say(
			"audit", wellWarning, mediumVariable+": a directory on another medium, which who may write the database may not write",
			"its seals lie beside it in the database alone",
		)
	default:
		d.medium(m, c)
	}
}

// stamps says whether an authority states when seals were there.
func (d *doctor) stamps(ctx context.Context) {
	a, err := stamps()
	var last audit.Stamp
	if err == nil {
		err = d.db.Read(ctx).Order("seal DESC").Limit(1).Find(&last).Error
	}
	switch {
	case err != nil:
		d.say("time-stamps", wellError, "", "%v", err)
	case a == nil:
		d.say("time-stamps", wellOK, "", "no authority is set (%s): the moment of a seal is the clock of the worker", stampVariable)
	case last.Seal == 0:
		d.say("time-stamps", wellWarning, "see the log of the worker", "%s has stamped no seal yet", a.URL)
	default:
		d.say("time-stamps", wellOK, "", "%s has stamped seal %d at %s", a.URL, last.Seal, last.At.In(models.Zone).Format(time.DateTime))
	}
}

func (d *doctor) medium(m audit.Medium, c audit.Check) {
	probe, err := os.CreateTemp(string(m), ".doctor-")
	if err != nil {
		d.say("audit", wellError, "mount it, or let the user of the worker write there", "the second medium: %v", err)
		return
	}
	_ = probe.Close()
	_ = os.Remove(filepath.Join(string(m), filepath.Base(probe.Name())))
	d.say("audit", wellOK, "", "it held when it was looked at last; seals to number %d are on %s", c.Anchored, m)
}
