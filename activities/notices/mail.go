package notices

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/quancheng/quancheng/trust"
)

// Mail sends by SMTP, one message a person.
type Mail struct {
	Address string // host:port
	From    string
	User    string
	Secret  string
	TLS     bool // from the first byte (smtps); else STARTTLS where the server offers it
	Plain   bool // without encryption, to a server of the house's own network

	Roots *x509.CertPool // who vouches for the server; nil: whom this host trusts
}

// ReadMail reads "smtp://user:password@host:587/?from=quancheng@example.gov.cn"; smtps:// is encrypted from
// the first byte, and plain=true allows a server that encrypts nothing.
func ReadMail(text string) (*Mail, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("mail server: write smtp://user:password@host:587/?from=address")
	}
	from, err := mail.ParseAddress(u.Query().Get("from"))
	if err != nil {
		return nil, errors.New("mail server: from= names no address to send from")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"smtp": "587", "smtps": "465"}[u.Scheme]
	}
	m := &Mail{
		Address: net.JoinHostPort(u.Hostname(), port), From: from.Address, TLS: u.Scheme == "smtps",
		Plain: u.Query().Get("plain") == "true",
	}
	if u.User != nil {
		m.User = u.User.Username()
		m.Secret, _ = u.User.Password()
	}
	return m, nil
}

// Send implements Channel. What goes wrong before the server has said that it takes the message is ErrNotTaken;
// when its answer to the message itself is lost, nobody knows, and the same message is sent again under its id.
func (m *Mail) Send(ctx context.Context, msg Message) error {
	c, err := m.dial(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotTaken, err)
	}
	defer func() { _ = c.Close() }()
	if err := m.greet(c, msg.Address); err != nil {
		return fmt.Errorf("%w: %w", ErrNotTaken, err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotTaken, err)
	}
	if _, err := w.Write(m.compose(msg)); err != nil {
		return err
	}
	var refused *textproto.Error
	if err := w.Close(); errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", ErrNotTaken, err)
	} else if err != nil {
		return err
	}
	_ = c.Quit()
	return nil
}

func (m *Mail) dial(ctx context.Context) (*smtp.Client, error) {
	host, _, _ := net.SplitHostPort(m.Address)
	d := &net.Dialer{Timeout: 20 * time.Second}
	var conn net.Conn
	var err error
	if m.TLS {
		conn, err = (&tls.Dialer{NetDialer: d, Config: m.tls(host)}).DialContext(ctx, "tcp", m.Address)
	} else {
		conn, err = d.DialContext(ctx, "tcp", m.Address)
	}
	if err != nil {
		return nil, trust.InTrust(m.Address, err)
	}
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(end)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		_ = conn.Close()
	}
	return c, err
}

func (m *Mail) tls(host string) *tls.Config {
	return &tls.Config{ServerName: host, RootCAs: m.Roots, MinVersion: tls.VersionTLS12}
}

// Reach looks whether the server answers and may be trusted, and until when its certificate
// holds; the zero time where it encrypts nothing and need not. No message is sent.
func (m *Mail) Reach(ctx context.Context) (time.Time, error) {
	c, err := m.dial(ctx)
	if err != nil {
		return time.Time{}, err
	}
	defer func() { _ = c.Close() }()
	if err := m.encrypt(c); err != nil {
		return time.Time{}, err
	}
	state, _ := c.TLSConnectionState()
	_ = c.Quit()
	return trust.Until(state), nil
}

// encrypt hides what is said from here on, where it is not hidden already.
func (m *Mail) encrypt(c *smtp.Client) error {
	host, _, _ := net.SplitHostPort(m.Address)
	if ok, _ := c.Extension("STARTTLS"); ok && !m.TLS {
		return trust.InTrust(m.Address, c.StartTLS(m.tls(host)))
	} else if !m.TLS && !m.Plain {
		return errors.New("the mail server encrypts nothing; plain=true allows that")
	}
	return nil
}

// greet says who we are, and whom the message is for.
func (m *Mail) greet(c *smtp.Client, to string) error {
	host, _, _ := net.SplitHostPort(m.Address)
	if err := m.encrypt(c); err != nil {
		return err
	}
	if m.User != "" {
		if err := c.Auth(smtp.PlainAuth("", m.User, m.Secret, host)); err != nil {
			return err
		}
	}
	if err := c.Mail(m.From); err != nil {
		return err
	}
	return c.Rcpt(to)
}

// compose writes the message: the same bytes each time but for the date.
func (m *Mail) compose(msg Message) []byte {
	_, host, _ := strings.Cut(m.From, "@")
	var b strings.Builder
	for _, h := range [][2]string{
		{"From", (&mail.Address{Name: "全程", Address: m.From}).String()},
		{"To", (&mail.Address{Name: msg.Name, Address: msg.Address}).String()},
		{"Subject", mime.BEncoding.Encode("utf-8", msg.Subject())}, {"Message-ID", "<" + msg.ID + "@" + host + ">"},
		{"Date", msg.At.Format(time.RFC1123Z)},
		{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "base64"},
		{"Auto-Submitted", "auto-generated"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(msg.Body()))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return []byte(b.String())
}
