//go:build !external

package temporal

import (
	"fmt"
	"os"
	"time"

	"go.temporal.io/server/common/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/quancheng/quancheng/worker/logs"
)

const (
	logSize  = 16 << 20
	logFiles = 3
)

// newLogger writes the server's errors as JSON lines. While a database is away
// the same line comes a thousand times a second: each is kept five times in ten seconds, and every thousandth.
func newLogger(file string) (log.Logger, error) {
	out := zapcore.Lock(os.Stderr)
	if file != "" {
		f, err := logs.Open(file, logSize, logFiles)
		if err != nil {
			return nil, fmt.Errorf("temporal: %w", err)
		}
		out = zapcore.AddSync(f)
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.ISO8601TimeEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(enc), out, zapcore.ErrorLevel)
	return log.NewZapLogger(zap.New(zapcore.NewSamplerWithOptions(core, 10*time.Second, 5, 1000))), nil
}
