package notices

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/texts"
)

// Message is what a person is told at once by a channel.
type Message struct {
	ID      string // the same each time it is tried
	Person  string
	Name    string
	Address string // of mail
	Lines   []Line // the oldest first
	At      time.Time
	Foot    string // where he can change how he is told
}

// Line is one notice.
type Line struct {
	ID   string // of the notification
	Text string
	Link string
	Kind string
	At   time.Time
	Task bool // something to do, until it is done
	Done bool // of a list of things to do: take it off
}

// Channel is a way out of the house.
type Channel interface {
	// Send hands a message over. ErrNotTaken says that the other side has certainly not taken it.
	Send(ctx context.Context, m Message) error
}

// ErrNotTaken says that a message did not arrive, so that it can be put together anew.
var ErrNotTaken = errors.New("not taken")

// mostLines are shown of a message; the rest is counted.
const mostLines = 50

// Subject of a message in a word.
func (m Message) Subject() string {
	if len(m.Lines) == 1 {
		return texts.Text(texts.Chinese, "notice.mail.one", map[string]string{"text": m.Lines[0].Text})
	}
	return texts.Text(texts.Chinese, "notice.mail.many", map[string]string{"count": count(len(m.Lines))})
}

// Body of a message as plain text.
func (m Message) Body() string {
	var b strings.Builder
	b.WriteString(texts.Text(texts.Chinese, "notice.hello", map[string]string{"name": m.Name}) + "\n\n")
	shown := m.Lines
	if len(shown) > mostLines {
		shown = shown[len(shown)-mostLines:] // the newest
	}
	for _, l := range shown {
		b.WriteString("· " + l.Text + "\n")
		if l.Link != "" {
			b.WriteString("  " + l.Link + "\n")
		}
	}
	if rest := len(m.Lines) - len(shown); rest > 0 {
		b.WriteString("\n" + texts.Text(texts.Chinese, "notice.more", map[string]string{"count": count(rest)}) + "\n")
	}
	if m.Foot != "" {
		b.WriteString("\n" + texts.Text(texts.Chinese, "notice.foot", map[string]string{"link": m.Foot}) + "\n")
	}
	return b.String()
}

// line says a notification in Chinese: outside of the platform there is one language.
func line(n office.Notification, base string) (Line, error) {
	args := map[string]string{}
	if err := n.Args.Into(&args); err != nil {
		return Line{}, err
	}
	return Line{
		ID: id(n.ID), Text: texts.Text(texts.Chinese, "notification."+string(n.Kind), args), Link: link(base, n.Subject),
		Kind: string(n.Kind), At: n.CreatedAt, Task: strings.HasPrefix(n.Subject, "task:") && n.Kind.Fleeting(),
	}, nil
}

// pages of the browser client, by the kind of a notification's subject.
var pages = map[string]string{
	"task": "/tasks/", "project": "/projects/", "rectification": "/rectifications/", "case": "/matters/",
}

func link(base, subject string) string {
	if base == "" {
		return ""
	}
	kind, key, _ := strings.Cut(subject, ":")
	if page := pages[kind]; page != "" {
		return base + page + key
	}
	return base + "/notices"
}
