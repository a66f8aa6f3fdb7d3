package files

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// What a scanner may say.
var (
	ErrInfected = errors.New("files: the scanner has found something")
	ErrScanner  = errors.New("files: the scanner does not answer")
)

// Scanner looks for harmful content by the protocol of ClamAV's clamd (INSTREAM). A file that it
// cannot look at is not let in.
type Scanner struct {
	Network, Address string        // tcp host:3310, or unix /path
	Patience         time.Duration // for one file; 0: a minute
}

// ParseScanner reads tcp://host:3310 or unix:/path; "" is none.
func ParseScanner(setting string) (*Scanner, error) {
	network, address, ok := strings.Cut(setting, ":")
	address = strings.TrimPrefix(address, "//")
	switch {
	case setting == "":
		return nil, nil
	case ok && network == "unix" && strings.HasPrefix(address, "/"):
		return &Scanner{Network: network, Address: address}, nil
	case ok && network == "tcp":
		if _, port, err := net.SplitHostPort(address); err == nil && port != "" {
			return &Scanner{Network: network, Address: address}, nil
		}
	}
	return nil, fmt.Errorf("files: scanner %q: write tcp://HOST:PORT or unix:/PATH of a clamd", setting)
}

// chunk is how much is sent to the scanner at once.
const chunk = 64 << 10

// scan sends a file and refuses what the scanner refuses.
func (s *Scanner) scan(content io.Reader) error {
	if s == nil {
		return nil
	}
	patience := s.Patience
	if patience == 0 {
		patience = time.Minute
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	said, err := s.ask(ctx, "zINSTREAM\x00", content)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrScanner, err)
	case strings.HasSuffix(said, " FOUND"):
		return fmt.Errorf("%w: %s", ErrInfected, said)
	case strings.HasSuffix(said, " OK"):
		return nil
	}
	return fmt.Errorf("%w: it says %q", ErrScanner, said)
}

// Ping asks whether the scanner is there.
func (s *Scanner) Ping(ctx context.Context) error {
	said, err := s.ask(ctx, "zPING\x00", nil)
	if err == nil && said != "PONG" {
		err = fmt.Errorf("it says %q", said)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrScanner, err)
	}
	return nil
}

func (s *Scanner) ask(ctx context.Context, command string, content io.Reader) (string, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, s.Network, s.Address)
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	if until, ok := ctx.Deadline(); ok {
		if err := c.SetDeadline(until); err != nil {
			return "", err
		}
	}
	if _, err := io.WriteString(c, command); err != nil {
		return "", err
	}
	sent := error(nil)
	if content != nil {
		sent = stream(c, content)
	}
	raw, err := io.ReadAll(io.LimitReader(c, 4096)) // it may have answered before it had everything
	said := strings.TrimRight(string(raw), "\x00\r\n ")
	if said != "" {
		return said, nil
	}
	return "", errors.Join(sent, err, errors.New("no answer"))
}

// stream sends a content in chunks, each behind its length, and an empty one at the end.
func stream(w io.Writer, content io.Reader) error {
	buf := make([]byte, 4+chunk)
	for {
		n, err := io.ReadFull(content, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := w.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			_, err := w.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return err
		}
	}
}

// scanned hands the staged content to the scanner.
func (f *File) scanned(content *os.File) error {
	if f.store.Scanner == nil {
		return nil
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("%w: %w", ErrStorage, err)
	}
	return f.store.Scanner.scan(content)
}
