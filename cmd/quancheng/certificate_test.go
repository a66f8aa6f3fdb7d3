package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/trust/trusttest"
)

// TestEndedCertificates holds that no process goes on with a Temporal or a mail server whose certificate has
// ended, that this is said in words, and that the doctor says so, also a month before the day.
func TestEndedCertificates(t *testing.T) {
	by, now := trusttest.NewIssuer(t), time.Now()
	ended := trusttest.Listen(t, by.Server(t, now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)))
	soon := trusttest.Listen(t, by.Server(t, now.AddDate(-1, 0, 0), now.Add(10*24*time.Hour)))
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, by.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(temporalCAVariable, ca)
	t.Setenv(mailVariable, "smtps://"+ended+"/?from=quancheng@example.test")
	if _, _, err := temporalAt(t.Context(), "tls://"+ended, temporalclient.Options{}); err == nil || !strings.Contains(err.Error(), "has ended on") {
		t.Errorf("an ended certificate of Temporal: %v", err)
	}
	o, until, err := temporalAt(t.Context(), "tls://"+soon, temporalclient.Options{})
	if err != nil || o.HostPort != soon || o.ConnectionOptions.TLS == nil || until.IsZero() {
		t.Errorf("a good certificate of Temporal: %+v until %v, %v", o.HostPort, until, err)
	}
	c := doctorCommand()
	var out strings.Builder
	c.SetArgs([]string{"--data", dir, "--database", "sqlite:" + filepath.Join(dir, "no.db"), "--temporal", "tls://" + ended})
	c.SetOut(&out)
	c.SilenceErrors, c.SilenceUsage = true, true
	if err := c.Execute(); err != errReported { //nolint:errorlint // it is given back as it is
		t.Errorf("the status is %v", err)
	}
	for _, want := range []string{
		"error    temporal   " + ended + " 的证书已于 ", "error    mail       " + ended + " 的证书已于 ", "the certificate of " + ended + " has ended on",
		"have the certificate of",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the doctor does not say %q:\n%s", want, out.String())
		}
	}
	d := &doctor{}
	if !d.endsSoon("temporal", soon, until) || d.found[0].State != wellWarning {
		t.Errorf("ten days before: %+v", d.found)
	}
	if d.endsSoon("temporal", soon, now.AddDate(0, 3, 0)) || d.endsSoon("temporal", soon, time.Time{}) {
		t.Error("three months before, or without a certificate")
	}
}
