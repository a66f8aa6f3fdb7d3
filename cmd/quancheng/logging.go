package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/quancheng/quancheng/worker/logs"
)

// The settings of what a process writes to its standard error.
const (
	logVariable   = "QUANCHENG_LOG"       // text or json
	levelVariable = "QUANCHENG_LOG_LEVEL" // debug, info, warn, error
)

// newLog writes to the standard error as the settings say, at least the given level.
func newLog(least slog.Level) *slog.Logger {
	level := slog.LevelInfo
	if text := os.Getenv(levelVariable); text != "" && level.UnmarshalText([]byte(text)) != nil {
		level = slog.LevelInfo
	}
	if least > slog.LevelInfo {
		level = max(level, least)
	}
	return logs.New(os.Stderr, os.Getenv(logVariable) == "json", level)
}

// logSettings refuses what newLog would not understand.
func logSettings() error {
	if text := os.Getenv(logVariable); text != "" && text != "text" && text != "json" {
		return fmt.Errorf("%s=%q: text or json", logVariable, text)
	}
	var level slog.Level
	if text := os.Getenv(levelVariable); text != "" && level.UnmarshalText([]byte(text)) != nil {
		return fmt.Errorf("%s=%q: debug, info, warn or error", levelVariable, text)
	}
	return nil
}
