package trust_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/trusttest"
)

// TestCertificatesInWords holds what is said of a server whose certificate is not to be trusted.
func TestCertificatesInWords(t *testing.T) {
	now := time.Now()
	own, other := trusttest.NewIssuer(t), trusttest.NewIssuer(t)
	for _, c := range []struct {
		why         string
		from, until time.Time
		roots       *x509.CertPool
		name        string
	}{
		{"", now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), own.Roots, ""},
		{"expired", now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0), own.Roots, ""},
		{"early", now.AddDate(1, 0, 0), now.AddDate(2, 0, 0), own.Roots, ""},
		{"unknown", now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), other.Roots, ""},
		{"name", now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), own.Roots, "mail.example"},
	} {
		at := trusttest.Listen(t, own.Server(t, c.from, c.until))
		until, err := trust.Handshake(t.Context(), at, &tls.Config{RootCAs: c.roots, ServerName: c.name, MinVersion: tls.VersionTLS12})
		var bad *trust.CertificateError
		switch {
		case c.why == "":
			if err != nil || until.Unix() != c.until.Unix() {
				t.Errorf("a good certificate: until %v, %v", until, err)
			}
		case !errors.As(err, &bad) || bad.Why != c.why || bad.Server != at:
			t.Errorf("%s: %v", c.why, err)
		case !strings.Contains(err.Error(), at+" 的证书") || !strings.Contains(err.Error(), "the certificate of "+at):
			t.Errorf("%s is not said in both languages: %v", c.why, err)
		}
	}
	_, err := trust.Handshake(t.Context(), "127.0.0.1:1", &tls.Config{MinVersion: tls.VersionTLS12})
	if err == nil || errors.As(err, new(*trust.CertificateError)) {
		t.Errorf("nobody there: %v", err)
	}
}
