package partners

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/webhook"
)

// Handler answers what we send and ask: POST …/events takes an event, POST
// …/events/replay sends a range of the bureau's own again, GET …/records tells
// what its books hold of some days. All are signed with the shared key; a GET
// signs its path and query in the place of a body.
func (b *Bureau) Handler() http.Handler {
	mux := http.NewServeMux()
	base := "/fake/" + b.cfg.Name
	mux.HandleFunc("POST "+base+"/events", b.signed(b.receive))
	mux.HandleFunc("POST "+base+"/events/replay", b.signed(b.replay))
	mux.HandleFunc("GET "+base+"/records", func(w http.ResponseWriter, r *http.Request) {
		b.signed(func([]byte) (int, any) { return b.records(r.URL.Query().Get("from"), r.URL.Query().Get("to")) })(w, r)
	})
	mux.HandleFunc("GET "+base+"/balances", b.signed(func([]byte) (int, any) { return b.balances() }))
	return mux
}

// balances are what indicators are worth, and what was paid on contracts, by the bureau's own journal.
func (b *Bureau) balances() (int, any) {
	all, err := b.cfg.journal().events(b.state.Seq)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	type sum struct {
		Kind   string `json:"kind"`
		Key    string `json:"key"`
		Amount string `json:"amount"`
	}
	sums, order := map[[2]string]decimal.Decimal{}, [][2]string{}
	add := func(kind, key string, amount any, sign int64) {
		at := [2]string{kind, key}
		if _, known := sums[at]; !known {
			order = append(order, at)
		}
		d, _ := decimal.NewFromString(fmt.Sprint(amount))
		sums[at] = sums[at].Add(d.Mul(decimal.NewFromInt(sign)))
	}
	of := map[string]string{} // voucher → contract
	for _, e := range all {
		var d map[string]any
		if json.Unmarshal(e.Data, &d) != nil {
			continue
		}
		switch e.EventType {
		case "budget.issued":
			add("budget", fmt.Sprint(d["bgt_id"]), d["amount"], 1)
		case "budget.adjusted":
			add("budget", fmt.Sprint(d["bgt_id"]), d["delta"], 1)
		case "budget.reclaimed":
			add("budget", fmt.Sprint(d["bgt_id"]), d["amount"], -1)
		case "payment.paid":
			if no, ok := d["contract_no"].(string); ok && no != "" {
				add("contract", no, d["xpay_amt"], 1)
				of[fmt.Sprint(d["pay_cert_no"])] = no
			}
		case "payment.refunded":
			if no := of[fmt.Sprint(d["pay_cert_no"])]; no != "" {
				add("contract", no, d["amount"], -1)
			}
		}
	}
	out := []sum{}
	for _, at := range order {
		out = append(out, sum{at[0], at[1], sums[at].StringFixed(2)})
	}
	return http.StatusOK, map[string]any{"balances": out}
}

// signed answers a request whose signature holds.
func (b *Bureau) signed(do func([]byte) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
			return
		}
		told := body
		if r.Method == http.MethodGet {
			told = []byte(r.URL.RequestURI())
		}
		status, answer := http.StatusServiceUnavailable, any("away")
		b.mu.Lock()
		defer b.mu.Unlock()
		if !b.state.Faults.Away {
			if err := webhook.Verify(r.Header, []webhook.Key{b.cfg.Key}, b.cfg.Now(), told); err != nil {
				status, answer = http.StatusUnauthorized, err.Error()
			} else {
				status, answer = do(body)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// replay queues events of the past once more: the same ids, marked as a replay.
func (b *Bureau) replay(body []byte) (int, any) {
	var in struct {
		From int64 `json:"from_seq"`
		To   int64 `json:"to_seq"`
	}
	if json.Unmarshal(body, &in) != nil || in.From < 1 || in.To < in.From {
		return http.StatusBadRequest, "from_seq and to_seq are needed"
	}
	all, err := b.cfg.journal().events(b.state.Seq)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	n := 0
	for _, e := range all {
		if e.Seq < in.From || e.Seq > in.To {
			continue
		}
		e.Replay = true
		b.state.Queue = append(b.state.Queue, queued{Event: e, Due: b.cfg.Now()})
		n++
	}
	if err := b.state.save(b.cfg.File); err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	b.poke()
	return http.StatusAccepted, map[string]int{"replayed": n}
}

// records are the events of some days, as the bureau's books have them. The fault
// Forget leaves out the newest ones, Miscount changes the amount of the newest.
func (b *Bureau) records(from, to string) (int, any) {
	all, err := b.cfg.journal().events(b.state.Seq)
	if err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	out := []webhook.Envelope{}
	for _, e := range all {
		if on := day(e.OccurredAt); on >= from && on <= to {
			out = append(out, e)
		}
	}
	out = out[:max(0, len(out)-b.state.Faults.Forget)]
	if n := len(out); n > 0 && b.state.Faults.Miscount {
		out[n-1].Data = changed(out[n-1].Data, func(d decimal.Decimal) decimal.Decimal { return d.Add(decimal.New(1, 0)) })
	}
	return http.StatusOK, map[string]any{"records": out}
}
