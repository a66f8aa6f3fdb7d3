package exchange

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/webhook"
)

// MaxSize of a file, in bytes.
const MaxSize = 20 << 20

// Name of a file: EVT_finance_20261130_1.jsonl.
var nameForm = regexp.MustCompile(`^EVT_([a-z]+)_([0-9]{8})_([0-9]{1,4})\.jsonl$`)

// Trailer is the last line of a file. A file without it came in part, and is not read.
type Trailer struct {
	Trailer bool   `json:"trailer"`
	Count   int    `json:"count"`
	Amount  string `json:"amount"` // sum of the events' amounts, in 元
}

// File is a file that was read.
type File struct {
	Source string
	Name   string
	Digest string // SM3 of the bytes, lower-case hex
	Events []webhook.Envelope
	Lines  [][]byte // as they stand in the file
	Amount models.Money
}

// Digest of a file's bytes.
func Digest(body []byte) string {
	sum := sm3.Sum(body)
	return hex.EncodeToString(sum[:])
}

// Sign makes what stands in the .sig file: it binds name and digest, so that a file cannot be brought under another day.
func Sign(key webhook.Key, name, digest string) string {
	return key.Sign(name, dayOf(name), []byte(digest))
}

// dayOf the name of a file; the zero day where it is none.
func dayOf(name string) time.Time {
	m := nameForm.FindStringSubmatch(name)
	if m == nil {
		return time.Unix(0, 0)
	}
	day, err := time.ParseInLocation("20060102", m[2], models.Zone)
	if err != nil {
		return time.Unix(0, 0)
	}
	return day
}

// Read checks a file of a bureau whole, before anything of it counts: name, digest,
// signature by one of the keys, trailer, count and sum, each line an envelope of this bureau.
func Read(name string, body []byte, digest, signature string, keys []webhook.Key) (File, error) {
	f := File{Name: name, Digest: Digest(body)}
	m := nameForm.FindStringSubmatch(name)
	switch {
	case m == nil:
		return f, models.Refuse("exchange-name", "name", name)
	case len(body) > MaxSize:
		return f, models.Refuse("exchange-large")
	case !strings.EqualFold(firstWord(digest), f.Digest):
		return f, models.Refuse("exchange-digest")
	case !signed(keys, name, f.Digest, firstWord(signature)):
		return f, models.Refuse("exchange-signature")
	}
	f.Source = m[1]
	text, err := readable(body)
	if err != nil {
		return f, err
	}
	return f, f.read(text)
}

// firstWord of a file beside: "digest  name" as the common tools write it, or the digest alone.
func firstWord(s string) string {
	if parts := strings.Fields(s); len(parts) > 0 {
		return parts[0]
	}
	return ""
}

func signed(keys []webhook.Key, name, digest, signature string) bool {
	for _, k := range keys {
		if len(k) >= webhook.MinKey && hmac.Equal([]byte(signature), []byte(Sign(k, name, digest))) {
			return true
		}
	}
	return false
}

// readable is the text of a file: UTF-8, with a byte order mark or without, or GB 18030 (FT30).
func readable(body []byte) ([]byte, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if utf8.Valid(body) {
		return body, nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, models.Refuse("exchange-encoding")
	}
	return text, nil
}

func (f *File) read(text []byte) error {
	var trailer *Trailer
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		switch {
		case len(line) == 0:
			continue
		case trailer != nil:
			return models.Refuse("exchange-line", "n", fmt.Sprint(n))
		}
		var t Trailer
		if json.Unmarshal(line, &t) == nil && t.Trailer {
			trailer = &t
			continue
		}
		var e webhook.Envelope
		if json.Unmarshal(line, &e) != nil || e.EventID == "" || e.EventType == "" || e.Source != f.Source || e.OccurredAt.IsZero() {
			return models.Refuse("exchange-line", "n", fmt.Sprint(n))
		}
		f.Events, f.Lines = append(f.Events, e), append(f.Lines, bytes.Clone(line))
		f.Amount = f.Amount.Add(amountOf(e))
	}
	if lines.Err() != nil {
		return models.Refuse("exchange-line", "n", fmt.Sprint(len(f.Lines)+1))
	}
	if trailer == nil {
		return models.Refuse("exchange-partial")
	}
	sum, err := models.ParseMoney(trailer.Amount)
	if err != nil || trailer.Count != len(f.Events) || sum.Cmp(f.Amount) != 0 {
		return models.Refuse("exchange-trailer", "count", fmt.Sprint(trailer.Count), "found", fmt.Sprint(len(f.Events)),
			"amount", trailer.Amount, "sum", f.Amount.String())
	}
	return nil
}

// amountOf an event as the trailer counts it: of those that have none, nothing.
func amountOf(e webhook.Envelope) models.Money {
	m, _ := facts.Stated(e.EventType, e.Data)
	return m
}

// Write makes the file of some events of ours, its digest and its signature.
func Write(name string, events []webhook.Envelope, key webhook.Key) (body []byte, digest, signature string, err error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	var sum models.Money
	for _, e := range events {
		if err := enc.Encode(e); err != nil {
			return nil, "", "", fmt.Errorf("event %s: %w", e.EventID, err)
		}
		sum = sum.Add(amountOf(e))
	}
	if err := enc.Encode(Trailer{Trailer: true, Count: len(events), Amount: sum.String()}); err != nil {
		return nil, "", "", err
	}
	digest = Digest(out.Bytes())
	return out.Bytes(), digest, Sign(key, name, digest), nil
}

// NameOf is the name of the n-th file of a day.
func NameOf(source string, day models.Date, n int) string {
	return fmt.Sprintf("EVT_%s_%s_%d.jsonl", source, strings.ReplaceAll(string(day), "-", ""), n)
}
