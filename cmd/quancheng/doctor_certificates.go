package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/quancheng/quancheng/activities/notices"
	"github.com/quancheng/quancheng/trust"
)

// renewal is how long before a certificate ends the doctor says so.
const renewal = 30 * 24 * time.Hour

// mail says whether the mail server answers, and whether its certificate holds.
func (d *doctor) mail(ctx context.Context) {
	text := os.Getenv(mailVariable)
	if text == "" {
		return
	}
	m, err := notices.ReadMail(text)
	if err != nil {
		d.say("mail", wellError, "mend "+mailVariable, "%v", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	until, err := m.Reach(ctx)
	if err != nil {
		d.untrusted("mail", m.Address, "see whether it runs; messages wait and are sent when it answers", err)
		return
	}
	if !d.endsSoon("mail", m.Address, until) {
		d.say("mail", wellOK, "", "%s answers", m.Address)
	}
}

// untrusted says why a server is not reached; of a certificate whose end is the cause, what to do.
func (d *doctor) untrusted(check, server, remedy string, err error) {
	var bad *trust.CertificateError
	if errors.As(err, &bad) {
		d.say(check, wellError, "have the certificate of "+server+" renewed or installed; nothing is sent until then", "%v", bad)
		return
	}
	d.say(check, wellError, remedy, "%s: %v", server, err)
}

// endsSoon says that a certificate is to be renewed; false where that has time.
func (d *doctor) endsSoon(check, server string, until time.Time) bool {
	if until.IsZero() || time.Until(until) > renewal {
		return false
	}
	d.say(check, wellWarning, "have it renewed before that day", "the certificate of %s ends on %s", server, until.Format(time.DateOnly))
	return true
}
