package localpg

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// programs is the folder of PostgreSQL's programs: the machine's own, or what
// scripts/machine.mjs brought into build/machine of the clone one stands in.
func programs() (string, error) {
	if dir := os.Getenv("QUANCHENG_POSTGRES_BIN"); dir != "" {
		return dir, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.Sort(found)
	if path, err := exec.LookPath("postgres"); err == nil {
		found = append([]string{path}, found...)
	}
	if dir, err := os.Getwd(); err == nil && len(found) == 0 {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			if brought := filepath.Join(dir, "build", "machine", "postgres", "bin", "postgres"); isFile(brought) {
				found = append(found, brought)
			}
		}
	}
	if len(found) == 0 {
		return "", ErrAbsent
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// reachable copies programs into the server's folder where the user who runs them
// might not get at them: a clone below root's home is closed to anybody else.
func reachable(bin string) (string, error) {
	if server.cred == nil || strings.HasPrefix(bin, "/usr/") {
		return bin, nil
	}
	to := filepath.Join(server.dir, "postgres")
	if out, err := exec.Command("cp", "-a", filepath.Dir(bin), to).CombinedOutput(); err != nil {
		return "", fmt.Errorf("copying PostgreSQL's programs: %w: %s", err, out)
	}
	return filepath.Join(to, "bin"), nil
}
