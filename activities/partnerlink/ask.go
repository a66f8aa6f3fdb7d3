package partnerlink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/quancheng/quancheng/models/partner/reconcile"
	"github.com/quancheng/quancheng/webhook"
)

// maxAnswer is the largest answer that is read from a partner.
const maxAnswer = 64 << 20

// ask sends a signed request to a partner and reads its answer into out; out may be
// nil. A request without a body signs its path and query in the place of one.
func (l *Link) ask(ctx context.Context, to Partner, method, target string, body, out any) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	told := raw
	if body == nil {
		told = []byte(req.URL.RequestURI())
	}
	req.Header.Set("Content-Type", "application/json")
	webhook.SetHeaders(req.Header, to.Key, uuid.NewString(), l.Now(), told)
	resp, err := l.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusNotFound {
		return errNotOffered
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s", resp.Status, answer[:min(len(answer), 300)])
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

// errNotOffered says that a bureau does not know what it is asked.
var errNotOffered = errors.New("the partner does not offer this")

// AskReplay asks a partner to send a range of its stream again.
func (l *Link) AskReplay(ctx context.Context, to Partner, stream string, from, until int64) error {
	return l.ask(ctx, to, http.MethodPost, to.URL+"/replay", map[string]any{"stream": stream, "from_seq": from, "to_seq": until}, nil)
}

// AskRecords asks what a partner's books hold of some days, as events.
func (l *Link) AskRecords(ctx context.Context, to Partner, from, until string) ([]webhook.Envelope, error) {
	var out struct {
		Records []webhook.Envelope `json:"records"`
	}
	q := url.Values{"from": {from}, "to": {until}}
	err := l.ask(ctx, to, http.MethodGet, strings.TrimSuffix(to.URL, "/events")+"/records?"+q.Encode(), nil, &out)
	return out.Records, err
}

// AskBalances asks what a bureau's books say of indicators and contracts as they stand; offered is
// false where the bureau has no such answer.
func (l *Link) AskBalances(ctx context.Context, to Partner) (out []reconcile.Balance, offered bool, err error) {
	var answer struct {
		Balances []reconcile.Balance `json:"balances"`
	}
	err = l.ask(ctx, to, http.MethodGet, strings.TrimSuffix(to.URL, "/events")+"/balances", nil, &answer)
	if errors.Is(err, errNotOffered) {
		return nil, false, nil
	}
	return answer.Balances, err == nil, err
}
