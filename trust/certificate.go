package trust

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/quancheng/quancheng/texts"
)

// CertificateError says what is wrong with the certificate of a server that is asked.
type CertificateError struct {
	Server string
	Why    string // expired, early, unknown, name
	At     time.Time
	Cause  error
}

// Error says it in both languages, for it stands in logs and answers of commands, whoever reads them.
func (e *CertificateError) Error() string {
	return e.In(texts.Chinese) + " · " + e.In(texts.English)
}

// In is what is wrong, and what is to be done, in a language.
func (e *CertificateError) In(lang texts.Lang) string {
	return texts.Text(lang, "certificate-"+e.Why, map[string]string{
		"server": e.Server, "day": e.At.Format(time.DateOnly), "cause": fmt.Sprint(e.Cause),
	})
}

func (e *CertificateError) Unwrap() error { return e.Cause }

// InTrust puts what a handshake found wrong with a certificate into words; another error stays as it is.
func InTrust(server string, err error) error {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return &CertificateError{Server: server, Why: "early", At: invalid.Cert.NotBefore, Cause: err}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return &CertificateError{Server: server, Why: "expired", At: invalid.Cert.NotAfter, Cause: err}
	case errors.As(err, &name):
		return &CertificateError{Server: server, Why: "name", Cause: err}
	case errors.As(err, &unknown) || errors.As(err, &invalid):
		return &CertificateError{Server: server, Why: "unknown", Cause: err}
	}
	return err
}

// Until is the last moment of the certificate that a server showed.
func Until(state tls.ConnectionState) time.Time {
	if len(state.PeerCertificates) == 0 {
		return time.Time{}
	}
	return state.PeerCertificates[0].NotAfter
}

// Handshake asks a server (host:port) for its certificate and says until when it holds.
func Handshake(ctx context.Context, address string, config *tls.Config) (time.Time, error) {
	c, err := (&tls.Dialer{NetDialer: &net.Dialer{Timeout: 10 * time.Second}, Config: config}).DialContext(ctx, "tcp", address)
	if err != nil {
		return time.Time{}, InTrust(address, err)
	}
	defer func() { _ = c.Close() }()
	return Until(c.(*tls.Conn).ConnectionState()), nil
}
