// Package tracing follows a request through the platform: from HTTP through the
// Update in Temporal to Commit. One number names it everywhere: it is the trace
// of OpenTelemetry, the instance of a problem, and the request in log lines.
// It is a leaf: every room may say where it stands. Who collects is said by package export.
package tracing

import (
	"context"
	"crypto/rand"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const scope = "github.com/quancheng/quancheng"

// wire is how a trace travels: W3C Trace Context, whose header is also the field of a request through Temporal.
var wire propagation.TraceContext

const parentKey = "traceparent"

// Incoming gives a request the trace that its caller names, or a new one.
func Incoming(ctx context.Context, h http.Header) context.Context {
	ctx = wire.Extract(ctx, propagation.HeaderCarrier(h))
	if trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	var c trace.SpanContextConfig
	_, _ = rand.Read(c.TraceID[:]) // never fails since Go 1.24
	_, _ = rand.Read(c.SpanID[:])
	c.Remote, c.TraceFlags = true, trace.FlagsSampled
	return trace.ContextWithSpanContext(ctx, trace.NewSpanContext(c))
}

// ID is the number of the trace, 32 hexadecimal digits; "" outside of one.
func ID(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.HasTraceID() {
		return c.TraceID().String()
	}
	return ""
}

// Parent is what Under needs in another process; "" outside of a trace.
func Parent(ctx context.Context) string {
	c := propagation.MapCarrier{}
	wire.Inject(ctx, c)
	return c[parentKey]
}

// Under goes on with a trace of another process. What is no trace is none.
func Under(ctx context.Context, parent string) context.Context {
	if parent == "" {
		return ctx
	}
	return wire.Extract(ctx, propagation.MapCarrier{parentKey: parent})
}

// Start begins a span; end it with the error, nil or not. Attributes are pairs of names and values.
// Nothing personal belongs into them: who collects traces is not who reads the audit.
func Start(ctx context.Context, name string, attributes ...string) (context.Context, func(error)) {
	var all []attribute.KeyValue
	for i := 0; i+1 < len(attributes); i += 2 {
		all = append(all, attribute.String(attributes[i], attributes[i+1]))
	}
	ctx, span := otel.Tracer(scope).Start(ctx, name, trace.WithAttributes(all...))
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}
}
