package models

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// PoolVariable is the setting of how many connections to PostgreSQL the books of one process may have.
const PoolVariable = "QUANCHENG_POOL"

const (
	poolDefault = 16
	poolLeast   = 4 // the pump listens on one, sweepers and steps need the others
	poolIdle    = 5 * time.Minute
)

// PoolSize is the setting, or what serves a county.
func PoolSize() (int, error) {
	text := os.Getenv(PoolVariable)
	if text == "" {
		return poolDefault, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < poolLeast || n > 1000 {
		return 0, fmt.Errorf("%s=%q: give a number of connections from %d to 1000", PoolVariable, text, poolLeast)
	}
	return n, nil
}
