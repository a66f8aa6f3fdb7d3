package conformance

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/quancheng/quancheng/engine/play"
)

// isScenario reports whether a file is a scenario, whatever its version, or broken JSON: a case that cannot pass.
func isScenario(data []byte) bool {
	var head struct {
		Format string           `json:"format"`
		Steps  *json.RawMessage `json:"steps"`
	}
	return !json.Valid(data) || json.Unmarshal(data, &head) == nil && head.Steps != nil
}

// ReadScenario reads a scenario file, whose models are named relative to its folder. What the format does not know is an error, not
// ignored.
func ReadScenario(file string) (*play.Scenario, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s, err := play.ParseScenario(data)
	if s != nil {
		s.Read = func(name string) ([]byte, error) {
			return os.ReadFile(filepath.Join(filepath.Dir(file), filepath.FromSlash(name)))
		}
	}
	return s, err
}
