package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner/watch"
	"github.com/quancheng/quancheng/webhook"
)

// tellAgain answers what we told a bureau after a number of our stream: the same
// ids and words, marked as told again (integration.md §5, replay). The request signs its path and query.
func tellAgain(c *call) (any, error) {
	to := c.Param("partner")
	if err := c.believe(to, []byte(c.Request.URL.RequestURI())); err != nil {
		return nil, err
	}
	after, err := queryNumber(c.Query("after_seq"), 0)
	if err != nil {
		return nil, err
	}
	limit, err := queryNumber(c.Query("limit"), outbox.MostReplayed)
	if err != nil {
		return nil, err
	}
	if s := c.Query("stream"); s != "" && s != partnerlink.StreamTowards(to) {
		return nil, refuse(http.StatusBadRequest, "stream-unknown", "stream", s)
	}
	rows, err := outbox.Told(c.db(), to, after, int(limit))
	if err != nil {
		return nil, err
	}
	out := wire.ToldAgain{Stream: partnerlink.StreamTowards(to), Events: []any{}, LastSeq: after}
	for _, row := range rows {
		e := partnerlink.Envelope(row)
		e.Replay = true
		out.Events, out.LastSeq = append(out.Events, e), row.Seq
	}
	return out, nil
}

// replayEvents sends a range of our stream to a bureau once more.
func replayEvents(c *call) (any, error) {
	to := c.Param("partner")
	body, err := readAll(c, maxJSON)
	if err != nil {
		return nil, err
	}
	if err := c.believe(to, body); err != nil {
		return nil, err
	}
	var in struct {
		Stream string `json:"stream"`
		From   int64  `json:"from_seq"`
		To     int64  `json:"to_seq"`
	}
	if json.Unmarshal(body, &in) != nil || in.From < 1 || in.To < in.From ||
		in.Stream != "" && in.Stream != partnerlink.StreamTowards(to) {
		return nil, refuse(http.StatusBadRequest, "replay-range")
	}
	var n int64
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if n, err = outbox.Replay(tx, to, in.From, in.To, c.now); err != nil {
			return err
		}
		a := models.Acting{Person: models.System, At: c.now.UTC(), BusinessDate: models.DateOf(c.now), Remote: c.ClientIP()}
		e := audit.AuditEntry{
			Action: "outbox.replay", Subject: "stream:" + to, Detail: models.JSONOf(map[string]any{"from": in.From, "to": in.To, "events": n}),
		}
		if err := audit.Audit(tx, "r:partners", a, e); err != nil {
			return err
		}
		return models.Notify(tx, models.Notice{Kind: "partner", Key: to})
	})
	return reply{Status: http.StatusAccepted, Body: map[string]int64{"replayed": n}}, err
}

// believe holds the signature of a request of a bureau over what it says, and notes that it was heard.
func (c *call) believe(from string, told []byte) error {
	err := webhook.Verify(c.Request.Header, c.srv.Keys[from], c.now, told)
	if err != nil {
		return c.unbelieved(from, told, err)
	}
	return c.heard(from)
}

// heard notes that a bureau was heard, and its clock (FT24).
func (c *call) heard(from string) error {
	return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return watch.Heard(tx, from, c.drift(from), c.now) })
}

// drift is how far a bureau's clock is from ours; beyond the bound somebody is told before its messages are refused.
func (c *call) drift(from string) time.Duration {
	drift := webhook.Drift(c.Request.Header, c.now)
	if watch.Drifts(drift) {
		c.srv.Log.Warn("a partner's clock is far from ours", "alarm", true, "partner", from, "drift", drift)
	}
	return drift
}

// queryNumber reads a number of a query that was checked against the contract.
func queryNumber(text string, without int64) (int64, error) {
	if text == "" {
		return without, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, refuse(http.StatusBadRequest, "replay-range")
	}
	return n, nil
}
