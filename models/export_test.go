package models

import (
	"context"
	"io/fs"
)

// Migrations are the files of all migrations, for tests.
var Migrations fs.FS = migrations

// MigrateFrom migrates with other files, for tests.
func (db *DB) MigrateFrom(ctx context.Context, files fs.FS) ([]int64, error) {
	return db.migrate(ctx, files)
}
