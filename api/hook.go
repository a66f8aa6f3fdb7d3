package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/watch"
	"github.com/quancheng/quancheng/webhook"
)

// partnerHook takes a partner's event. It believes nothing before the signature
// over the bytes received is right, stores the bytes, and answers 202; what the
// event means is found out afterwards. Only what no repetition can mend is
// refused (domain/integration.md §5.6).
func partnerHook(c *call) (any, error) {
	source := c.Param("partner")
	leave, ok := c.srv.hooks.enter(source + " " + c.ClientIP())
	if !ok {
		return nil, tooMany(1)
	}
	defer leave()
	body, err := readAll(c, maxJSON)
	if err != nil {
		return nil, err
	}
	late := webhook.Verify(c.Request.Header, c.srv.Keys[source], c.now, body)
	if late != nil && !errors.Is(late, webhook.ErrTimestamp) {
		return nil, c.unbelieved(source, body, late)
	}
	env, err := c.envelope(source, body)
	if late != nil &&
		// only a replay may be signed long ago (§3), and within its own window
		(err != nil || !env.Replay || !webhook.Replayable(c.Request.Header, c.now)) {
		return nil, c.unbelieved(source, body, late)
	}
	if err != nil {
		return nil, err
	}
	drift := time.Duration(0)
	if !env.Replay { // a replay may be signed long ago: its time says nothing of the clock
		drift = c.drift(source)
	}
	var first partner.PartnerEvent
	duplicate, conflict := false, false
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if err := watch.Heard(tx, source, drift, c.now); err != nil {
			return err
		}
		first, duplicate, err = partner.ReceiveEvent(tx, partner.PartnerEvent{
			Source: source, EventID: env.EventID, EventType: env.EventType, Body: body, ReceivedAt: c.now, OccurredAt: env.OccurredAt,
			Stream: env.Stream, Seq: env.Seq,
		})
		if errors.Is(err, partner.ErrDigestConflict) {
			conflict = true // kept aside, for which the transaction commits
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case conflict:
		c.srv.Log.Error(
			"a partner used an event id twice", "alarm", true, "code", "DIGEST_CONFLICT", "partner", source, "event", env.EventID,
		)
		return nil, refuse(http.StatusConflict, "digest-conflict", "event", env.EventID)
	}
	receipt := wire.Receipt{Receipt: keyText(first.ID), ReceivedAt: first.ReceivedAt.In(models.Zone), Duplicate: duplicate}
	return reply{Status: http.StatusAccepted, Body: receipt}, nil
}

// unbelieved answers a message whose envelope does not hold. The partner learns
// our time, so that a wrong clock can be told from a wrong key. The message is kept
// apart; the fifth within ten minutes is told, and the bureau is not shut out (FT25).
func (c *call) unbelieved(partner string, body []byte, why error) error {
	slug, status := "webhook-signature", http.StatusUnauthorized
	switch {
	case errors.Is(why, webhook.ErrHeaders):
		slug, status = "webhook-headers", http.StatusBadRequest
	case errors.Is(why, webhook.ErrTimestamp):
		slug = "webhook-timestamp"
	}
	c.srv.Log.Warn("a partner's message was refused", "request", c.id, "partner", partner, "why", slug, "remote", c.ClientIP())
	var alarm bool
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		alarm, err = watch.Quarantine(tx, watch.Refused{
			Source: partner, EventID: clip(c.GetHeader(webhook.HeaderID), 128), Why: slug, Remote: c.ClientIP(), Body: body, At: c.now,
		})
		return err
	})
	if err != nil {
		return err
	}
	if alarm {
		c.srv.Log.Error("a partner's messages are refused again and again", "alarm", true, "partner", partner, "why", slug)
	}
	p := refuse(status, slug)
	p.Header = map[string]string{"Date": c.now.UTC().Format(http.TimeFormat), "X-Server-Time": strconv.FormatInt(c.now.Unix(), 10)}
	return p
}

// envelope checks the body against the contract; what is wrong with it is a 400.
func (c *call) envelope(partner string, body []byte) (webhook.Envelope, error) {
	var env webhook.Envelope
	if !utf8.Valid(body) {
		return env, refuse(http.StatusBadRequest, "not-utf8")
	}
	if err := oneValue(body); err != nil {
		return env, refuse(http.StatusBadRequest, "malformed-json")
	}
	op := c.srv.spec.Paths.Value(c.route.Path).Post
	c.body = body
	r := c.Request.Clone(c.Request.Context())
	r.Header.Set("Content-Type", "application/json") // the bytes decide, not what the partner calls them
	r.Body = io.NopCloser(bytes.NewReader(body))
	in := &openapi3filter.RequestValidationInput{
		Request: r, Route: &routers.Route{Spec: c.srv.spec, Path: c.route.Path, Method: http.MethodPost, Operation: op},
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}
	p := refuse(http.StatusBadRequest, "malformed-envelope")
	if err := openapi3filter.ValidateRequestBody(c.Request.Context(), in, op.RequestBody.Value); err != nil {
		collect(p, err)
		return env, p
	}
	if err := json.Unmarshal(body, &env); err != nil {
		return env, p
	}
	if env.Source != partner {
		p.field("/source", "field.enum", "values", partner)
	}
	if id := c.GetHeader(webhook.HeaderID); env.EventID != id {
		p.field("/event_id", "event-id-differs")
	}
	if len(p.Fields) > 0 {
		return env, p
	}
	return env, c.noControlsIn400(p)
}

// noControlsIn400 is noControls with the status that partners understand.
func (c *call) noControlsIn400(p *problem) error {
	err := c.noControls()
	var found *problem
	if errors.As(err, &found) {
		p.Fields = found.Fields
		return p
	}
	return err
}
