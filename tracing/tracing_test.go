package tracing_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/quancheng/quancheng/tracing"
)

// One number goes through two processes, with a collector and without one.
func TestATraceGoesOnInAnotherProcess(t *testing.T) {
	ctx := tracing.Incoming(context.Background(), http.Header{})
	id := tracing.ID(ctx)
	if len(id) != 32 {
		t.Fatalf("id %q", id)
	}
	ctx, end := tracing.Start(ctx, "GET /")
	end(nil)
	if there := tracing.Under(context.Background(), tracing.Parent(ctx)); tracing.ID(there) != id {
		t.Errorf("in the other process it is %q", tracing.ID(there))
	}
	named := http.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}
	if got := tracing.ID(tracing.Incoming(context.Background(), named)); got != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("the caller's trace is %q", got)
	}
	for _, none := range []string{"", "nonsense", "00-00000000000000000000000000000000-0000000000000000-01"} {
		if tracing.ID(tracing.Under(context.Background(), none)) != "" {
			t.Errorf("%q is a trace", none)
		}
	}

	kept := tracetest.NewInMemoryExporter()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdk.NewTracerProvider(sdk.WithSyncer(kept)))
	defer otel.SetTracerProvider(before)
	outer, endOuter := tracing.Start(ctx, "Update agree")
	_, endInner := tracing.Start(tracing.Under(context.Background(), tracing.Parent(outer)), "Commit", "event", "t:1", "process", "p", "odd")
	endInner(errors.New("refused"))
	endOuter(nil)
	spans := kept.GetSpans()
	if len(spans) != 2 || spans[0].Parent.SpanID() != spans[1].SpanContext.SpanID() || spans[0].SpanContext.TraceID().String() != id ||
		spans[0].Status.Description != "refused" {
		t.Errorf("%+v", spans)
	}
	if got, want := spans[0].Attributes, []attribute.KeyValue{
		attribute.String("event", "t:1"), attribute.String("process", "p"),
	}; !slices.Equal(got, want) {
		t.Errorf("the attributes are %v, want %v", got, want)
	}
}
