package api_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// BenchmarkActWithForm completes formal checks, each of another project, and
// previews them: HTTP and Commit without Temporal, from one client and from four.
//
//	go test ./api -run '^$' -bench ActWithForm -benchtime 1x
func BenchmarkActWithForm(b *testing.B) {
	const each = 40
	right := fields{"decision": "accept", "checklist": checkItems()}
	for _, database := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{"sqlite", modelstest.SQLite}, {"postgres", modelstest.Postgres}} {
		for _, clients := range []int{1, 4} {
			b.Run(fmt.Sprintf("%s/clients=%d", database.name, clients), func(b *testing.B) {
				w := newTown(b, modelstest.Open(b, database.dsn(b)))
				w.signIn("chen-shouli")
				var tasks []string
				for range each {
					p := w.submitted()
					w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
					var done wire.OperationResult
					w.do("he-guangming", "POST", "/api/v1/tasks/"+p.OpenTasks[0].Key+"/agree", wire.OperationRequest{Version: 1}).
						want(200, "").
						into(&done)
					tasks = append(tasks, done.NextTasks[0].Key)
				}
				run := func(path string, in wire.OperationRequest) {
					keys := make(chan string, each)
					for _, k := range tasks {
						keys <- k
					}
					close(keys)
					start := b.Elapsed()
					b.StartTimer()
					var group sync.WaitGroup
					for range clients {
						group.Go(func() {
							for k := range keys {
								w.do("chen-shouli", "POST", "/api/v1/tasks/"+k+"/"+path, in).want(200, "")
							}
						})
					}
					group.Wait()
					b.StopTimer()
					b.ReportMetric(each/(b.Elapsed()-start).Seconds(), path+"s/s")
				}
				b.ResetTimer()
				b.StopTimer()
				run("preview", wire.OperationRequest{Version: 1, Operation: "complete", Data: right})
				run("complete", wire.OperationRequest{Version: 1, Data: right})
			})
		}
	}
}
