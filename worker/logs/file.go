// Package logs is how the processes of the platform write what happens: lines
// of text or JSON, the same line not a thousand times, files of bounded size.
package logs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// File is a log file of bounded size: when it is full it becomes FILE.1, that one FILE.2, and the oldest goes.
// It is safe for concurrent use.
type File struct {
	mu      sync.Mutex
	name    string
	size, n int64
	keep    int
	f       *os.File
}

// Open appends to a file of at most size bytes, and keeps so many files in all.
func Open(name string, size int64, keep int) (*File, error) {
	l := &File{name: name, size: size, keep: keep}
	return l, l.open()
}

func (l *File) open() error {
	f, err := os.OpenFile(l.name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("log file: %w", err)
	}
	at, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("log file: %w", err), f.Close())
	}
	l.f, l.n = f, at.Size()
	return nil
}

// Write implements io.Writer; a line is never cut.
func (l *File) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n > 0 && l.n+int64(len(line)) > l.size {
		if err := l.rotate(); err != nil {
			return 0, err
		}
	}
	n, err := l.f.Write(line)
	l.n += int64(n)
	return n, err
}

// Sync does nothing: the lines of a log are not worth a flush each.
func (l *File) Sync() error { return nil }

// Close ends the file.
func (l *File) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.f.Close()
}

func (l *File) rotate() error {
	if err := l.f.Close(); err != nil {
		return fmt.Errorf("log file: %w", err)
	}
	for i := l.keep - 1; i > 0; i-- {
		if err := os.Rename(l.old(i-1), l.old(i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("log file: %w", err)
		}
	}
	return l.open()
}

func (l *File) old(i int) string {
	if i == 0 {
		return l.name
	}
	return fmt.Sprintf("%s.%d", l.name, i)
}
