package partners

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// mostKept is how many entries the fake app keeps; the oldest go.
const mostKept = 2000

// App is a fake of the province's app and of the office's chat: it keeps what it
// is told in memory, and shows it.
type App struct {
	mu    sync.Mutex
	todos map[string]json.RawMessage
	order []string
	said  []json.RawMessage
	seen  map[string]bool
}

// NewApp makes an empty one.
func NewApp() *App { return &App{todos: map[string]json.RawMessage{}, seen: map[string]bool{}} }

// Todos answers PUT /todos/{id} and GET /todos.
func (a *App) Todos() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /todos/{id}", func(w http.ResponseWriter, r *http.Request) {
		var item json.RawMessage
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&item) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		id := r.PathValue("id")
		if _, known := a.todos[id]; !known {
			a.order = append(a.order, id)
		}
		a.todos[id] = item
		if len(a.order) > mostKept {
			delete(a.todos, a.order[0])
			a.order = a.order[1:]
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /todos", func(w http.ResponseWriter, _ *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		all := []json.RawMessage{}
		for _, id := range a.order {
			all = append(all, a.todos[id])
		}
		answerJSON(w, all)
	})
	return mux
}

// Chat answers a robot's POST as the common chats do, and GET with what was said.
func (a *App) Chat() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if r.Method == http.MethodGet {
			answerJSON(w, append([]json.RawMessage{}, a.said...))
			return
		}
		var text json.RawMessage
		if r.Method != http.MethodPost || json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&text) != nil {
			answerJSON(w, map[string]any{"errcode": 40035, "errmsg": "invalid"})
			return
		}
		if key := strings.TrimSpace(r.Header.Get("Idempotency-Key")); key == "" || !a.seen[key] {
			a.seen[key] = true
			a.said = append(a.said, text)
		}
		if len(a.said) > mostKept {
			a.said = slices.Clone(a.said[1:])
		}
		if len(a.seen) > 10*mostKept {
			maps.DeleteFunc(a.seen, func(string, bool) bool { return true })
		}
		answerJSON(w, map[string]any{"errcode": 0, "errmsg": "ok"})
	})
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}
