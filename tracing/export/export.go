// Package export sends spans to a collector of OpenTelemetry.
package export

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Variable is OpenTelemetry's own setting of where spans go (OTLP over gRPC), as http://HOST:4317. The others of
// OTEL_EXPORTER_OTLP_* and OTEL_TRACES_SAMPLER are heeded too.
const Variable = "OTEL_EXPORTER_OTLP_ENDPOINT"

// Start sends spans where the environment says, until stop; nowhere when it says nothing. A collector that is
// away costs nothing but its spans.
func Start(ctx context.Context, command string) (stop func(context.Context) error, err error) {
	if os.Getenv(Variable) == "" {
		return func(context.Context) error { return nil }, nil
	}
	out, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	about, err := resource.New(
		ctx, resource.WithAttributes(attribute.String("service.name", "quancheng"), attribute.String("quancheng.command", command)),
		resource.WithFromEnv(), resource.WithHost(), resource.WithProcessPID(),
	)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	p := trace.NewTracerProvider(trace.WithBatcher(out), trace.WithResource(about))
	otel.SetTracerProvider(p)
	return p.Shutdown, nil
}
