package notices_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/activities/notices"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/trusttest"
)

// TestMailWithAnEndedCertificate holds that nothing is sent to a mail server whose certificate has
// ended, and that this is said; the message waits, for it was not taken.
func TestMailWithAnEndedCertificate(t *testing.T) {
	by, now := trusttest.NewIssuer(t), time.Now()
	m := &notices.Mail{
		Address: trusttest.Listen(t, by.Server(t, now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))), From: "quancheng@example.test",
		TLS: true, Roots: by.Roots,
	}
	var bad *trust.CertificateError
	if _, err := m.Reach(t.Context()); !errors.As(err, &bad) || bad.Why != "expired" {
		t.Errorf("looked at: %v", err)
	}
	err := m.Send(t.Context(), notices.Message{ID: "1", Address: "ann@example.test"})
	if !errors.Is(err, notices.ErrNotTaken) || !errors.As(err, &bad) || bad.Why != "expired" {
		t.Errorf("sent: %v", err)
	}
}

// TestChatWithAnEndedCertificate holds the same of a chat, and that its address, which lets in whoever knows
// it, stands in no error.
func TestChatWithAnEndedCertificate(t *testing.T) {
	by, now := trusttest.NewIssuer(t), time.Now()
	host := trusttest.Listen(t, by.Server(t, now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: by.Roots, MinVersion: tls.VersionTLS12}}}
	for _, at := range []string{host, "127.0.0.1:1"} {
		c := &notices.Chat{URL: "https://" + at + "/robot?access_token=hush", Client: client}
		err := c.Send(t.Context(), notices.Message{ID: "1"})
		var bad *trust.CertificateError
		if ended := errors.As(err, &bad) && bad.Why == "expired" && errors.Is(err, notices.ErrNotTaken); err == nil || ended != (at == host) {
			t.Errorf("sent to %s: %v", at, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("the address is told: %v", err)
		}
	}
}

// TestMailIsReached looks at a server that encrypts nothing, which is a fault unless it is allowed.
func TestMailIsReached(t *testing.T) {
	p := openPostOffice(t)
	m := &notices.Mail{Address: p.l.Addr().String(), From: "quancheng@example.test", Plain: true}
	if until, err := m.Reach(t.Context()); err != nil || !until.IsZero() {
		t.Errorf("allowed: %v, %v", until, err)
	}
	m.Plain = false
	if _, err := m.Reach(t.Context()); err == nil {
		t.Error("a server that encrypts nothing is reached")
	}
	if n := len(p.letters()); n != 0 {
		t.Errorf("%d letters", n)
	}
}
