package partners

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/quancheng/quancheng/webhook"
)

// journal is everything that a bureau has told, one event a line: what it sends
// again when it is asked, and its own books. It is written before the state, so
// that it may hold events of a number that the state does not know; these were
// never told, and are passed over.
type journal string

func (j journal) append(events ...webhook.Envelope) error {
	f, err := os.OpenFile(string(j), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("partners: journal: %w", err)
	}
	enc := json.NewEncoder(f)
	for _, e := range events {
		if err := enc.Encode(e); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(f.Sync(), f.Close())
}

// events are those up to a number; of two with one number the later was told.
func (j journal) events(last int64) ([]webhook.Envelope, error) {
	f, err := os.Open(string(j))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("partners: journal: %w", err)
	}
	defer func() { _ = f.Close() }()
	var all []webhook.Envelope
	at := map[int64]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 2*maxBody)
	for lines.Scan() {
		var e webhook.Envelope
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Seq > last {
			continue // a line that a kill cut off, or an event that was never told
		}
		if i, twice := at[e.Seq]; twice {
			all[i] = e
			continue
		}
		at[e.Seq] = len(all)
		all = append(all, e)
	}
	return all, lines.Err()
}
