package notices

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// TodoPush keeps the list of things to do of the province's app (docs/notices.md): PUT {URL}/todos/{id} puts one
// in or replaces it, with "state":"open" or "done", or "info" of what is to be read only. The same put twice is one: the id is the
// notice's.
type TodoPush struct {
	URL    string
	Token  string
	Client *http.Client
}

// todoItem is what travels.
type todoItem struct {
	ID     string    `json:"id"`
	Person string    `json:"person"`
	Title  string    `json:"title"`
	Link   string    `json:"link,omitempty"`
	State  string    `json:"state"` // open, done, info
	At     time.Time `json:"at"`
}

// Send implements Channel. Items are put one by one; what was put before trouble came is put again and stays one.
func (t *TodoPush) Send(ctx context.Context, m Message) error {
	for _, l := range m.Lines {
		item := todoItem{ID: l.ID, Person: m.Person, Title: l.Text, Link: l.Link, State: "open", At: l.At}
		switch {
		case l.Done:
			item.State = "done"
		case !l.Task:
			item.State = "info"
		}
		raw, err := json.Marshal(item)
		if err != nil {
			return err
		}
		if _, err := post(ctx, t.Client, http.MethodPut, t.URL+"/todos/"+url.PathEscape(l.ID), l.ID+"-"+item.State, t.Token,
			raw); err != nil {
			return err
		}
	}
	return nil
}
