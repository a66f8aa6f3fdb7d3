package notices_test

import (
	"bufio"
	"encoding/base64"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// postOffice is a mail server: it speaks SMTP over TCP and keeps what it takes.
type postOffice struct {
	l net.Listener

	mu     sync.Mutex
	mute   int // so many messages are taken without an answer
	deny   int // so many are refused
	got    []letter
	dialed int
}

type letter struct{ to, id, subject, text string }

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &postOffice{l: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.talk(c)
		}
	}()
	return p
}

func (p *postOffice) talk(c net.Conn) {
	defer func() { _ = c.Close() }()
	p.mu.Lock()
	p.dialed++
	p.mu.Unlock()
	in := bufio.NewReader(c)
	say := func(s string) { _, _ = c.Write([]byte(s + "\r\n")) }
	say("220 post")
	to := ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250 post")
		case "RCPT":
			to = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			say("250 ok")
		case "DATA":
			say("354 go on")
			if !p.data(in, to, say) {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// data takes a message; false: the line is cut before the answer.
func (p *postOffice) data(in *bufio.Reader, to string, say func(string)) bool {
	var raw strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if strings.TrimRight(line, "\r\n") == "." {
			break
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deny > 0 {
		p.deny--
		say("451 later")
		return true
	}
	m, err := mail.ReadMessage(strings.NewReader(raw.String()))
	if err != nil {
		say("554 " + err.Error())
		return true
	}
	body := new(strings.Builder)
	_, _ = bufio.NewReader(m.Body).WriteTo(body)
	text, _ := base64.StdEncoding.DecodeString(strings.ReplaceAll(body.String(), "\r\n", ""))
	subject, _ := new(wordDecoder).DecodeHeader(m.Header.Get("Subject"))
	p.got = append(p.got, letter{to, m.Header.Get("Message-Id"), subject, string(text)})
	if p.mute > 0 {
		p.mute--
		return false
	}
	say("250 taken")
	return true
}

// letters are what was taken, each message once however often it came: a mail server knows it by its id.
func (p *postOffice) letters() (out []letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := map[string]bool{}
	for _, l := range p.got {
		if !seen[l.id] {
			seen[l.id] = true
			out = append(out, l)
		}
	}
	return out
}
