package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/quancheng/quancheng/activities/notices"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/partners"
)

// The ways by which people are told outside of the platform (docs/notices.md).
const (
	addressVariable    = "QUANCHENG_URL"  // of the platform as people reach it, for links
	mailVariable       = "QUANCHENG_MAIL" // smtp://user:password@host:587/?from=…
	chatVariable       = "QUANCHENG_CHAT" // address of the robot
	chatSecretVariable = "QUANCHENG_CHAT_SECRET"
	todoVariable       = "QUANCHENG_TODO" // base address of the province's interface
	todoTokenVariable  = "QUANCHENG_TODO_TOKEN"
)

// noticesFrom reads the channels of the environment. Without any, what waits for one of before leaves no more.
func noticesFrom(env func(string) string) (*notices.Deliverer, error) {
	d := &notices.Deliverer{Channels: map[string]notices.Channel{}, Base: strings.TrimRight(env(addressVariable), "/")}
	if text := env(mailVariable); text != "" {
		m, err := notices.ReadMail(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", mailVariable, err)
		}
		d.Channels[office.Mail] = m
	}
	client := &http.Client{Timeout: time.Minute}
	for variable, set := range map[string]func(url string){
		chatVariable: func(url string) {
			d.Channels[office.Chat] = &notices.Chat{URL: url, Secret: env(chatSecretVariable), Client: client, Now: time.Now}
		},
		todoVariable: func(url string) {
			d.Channels[office.Todo] = &notices.TodoPush{URL: strings.TrimRight(url, "/"), Token: env(todoTokenVariable), Client: client}
		},
	} {
		url := env(variable)
		if url == "" {
			continue
		}
		if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
			return nil, fmt.Errorf("%s: write https://…", variable)
		}
		set(url)
	}
	return d, nil
}

// environmentNotices are the channels of this process.
func environmentNotices() (*notices.Deliverer, error) { return noticesFrom(os.Getenv) }

// fakeChannels are the channels of a desk: a fake of the province's list and of the office's chat, whose
// contents can be read at /fake/todo and /fake/chat.
func fakeChannels(mux *http.ServeMux, base string) *notices.Deliverer {
	app := partners.NewApp()
	mux.Handle("/fake/todo/", http.StripPrefix("/fake/todo", app.Todos()))
	mux.Handle("/fake/chat", app.Chat())
	return &notices.Deliverer{Base: base, Channels: map[string]notices.Channel{
		office.Todo: &notices.TodoPush{URL: base + "/fake/todo"}, office.Chat: &notices.Chat{URL: base + "/fake/chat", Now: time.Now},
	}}
}
