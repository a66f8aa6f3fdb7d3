package notices

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/quancheng/quancheng/trust"
)

// answerTime is how long the other side may take.
const answerTime = 20 * time.Second

// Chat posts into a group of the office's chat by the address of a robot, in the form that the common ones take:
// {"msgtype":"text","text":{"content":…}}. With a secret the address is signed: timestamp and HMAC-SHA256.
type Chat struct {
	URL    string
	Secret string
	Client *http.Client
	Now    func() time.Time
}

// Send implements Channel.
func (c *Chat) Send(ctx context.Context, m Message) error {
	text := m.Name + "：" + strings.TrimPrefix(m.Subject(), "【全程】")
	if len(m.Lines) == 1 && m.Lines[0].Link != "" {
		text += "\n" + m.Lines[0].Link
	} else if m.Foot != "" {
		text += "\n" + m.Foot
	}
	raw, err := json.Marshal(map[string]any{"msgtype": "text", "text": map[string]string{"content": "【全程】" + text}})
	if err != nil {
		return err
	}
	at := c.URL
	if c.Secret != "" {
		stamp := strconv.FormatInt(c.Now().UnixMilli(), 10)
		h := hmac.New(sha256.New, []byte(c.Secret))
		_, _ = h.Write([]byte(stamp + "\n" + c.Secret))
		glue := "?"
		if strings.Contains(at, "?") {
			glue = "&"
		}
		at += glue + "timestamp=" + stamp + "&sign=" + url.QueryEscape(base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	body, err := post(ctx, c.Client, http.MethodPost, at, m.ID, "", raw)
	if err != nil {
		return err
	}
	var said struct {
		Code    int    `json:"errcode"`
		Message string `json:"errmsg"`
	}
	if json.Unmarshal(body, &said) == nil && said.Code != 0 {
		return fmt.Errorf("%w: the chat says %d %s", ErrNotTaken, said.Code, said.Message)
	}
	return nil
}

// post sends JSON; an answer other than 2xx is an error, and one that refuses means not taken.
func post(ctx context.Context, client *http.Client, method, at, id, token string, raw []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, at, bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotTaken, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", id)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(r)
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err // without the address, which lets in whoever knows it
	}
	var bad *trust.CertificateError
	if errors.As(trust.InTrust(r.URL.Host, err), &bad) {
		return nil, fmt.Errorf("%w: %w", ErrNotTaken, bad)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	switch {
	case answer.StatusCode >= 400:
		return nil, fmt.Errorf("%w: answered %d", ErrNotTaken, answer.StatusCode)
	case answer.StatusCode >= 300:
		return nil, fmt.Errorf("%w: answered %d, which is no answer of this interface", ErrNotTaken, answer.StatusCode)
	}
	return body, err
}
