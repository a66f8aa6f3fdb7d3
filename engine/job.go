package engine

import "time"

// openJob asks for outside work.
func (x *exec) openJob(n *node) error {
	plan := n.el.job
	typ, err := x.name(n, "the job type", plan.typ)
	if err != nil {
		return err
	}
	retries, err := x.count(n, "the number of retries", plan.retries, 0)
	if err != nil {
		return err
	}
	n.Job = &job{Key: x.nextKey(), Type: typ, Retries: max(retries, 1)}
	x.s.owners[n.Job.Key] = n
	x.announceJob(n)
	return nil
}

func (x *exec) announceJob(n *node) {
	x.emit(JobOpened{Key: n.Job.Key, Instance: n.instance().Key, ElementKey: n.Key, Element: n.Element, Type: n.Job.Type,
		Headers: n.el.job.headers, Variables: visible(n), Retries: n.Job.Retries, NotBefore: n.Job.After})
}

func (x *exec) closeJob(n *node) {
	if n.Job != nil {
		x.emit(JobClosed{n.Job.Key})
		delete(x.s.owners, n.Job.Key)
		n.Job = nil
	}
}

// jobNode finds the node of the job an event is about.
func (x *exec) jobNode() (*node, error) {
	n := x.s.owners[x.ev.Key]
	if n == nil || n.Job == nil || n.Job.Key != x.ev.Key {
		return nil, refuse("no-such-job", "there is no job %d", x.ev.Key)
	}
	return n, nil
}

func (x *exec) completeJob() error {
	n, err := x.jobNode()
	if err != nil {
		return err
	}
	vs, err := storedAll(x.ev.Variables)
	if err != nil {
		return err
	}
	x.closeJob(n)
	x.clearJobIncidents(n)
	if err := x.deliver(n, vs); err != nil {
		return err
	}
	if x.checkConditions(); !n.gone {
		x.complete(n)
	}
	return nil
}

// failJob notes a failed attempt; without retries left the token stops.
func (x *exec) failJob() error {
	n, err := x.jobNode()
	if err != nil {
		return err
	}
	if x.ev.Retries < 0 {
		return refuse("bad-retries", "a job cannot have %d retries", x.ev.Retries)
	}
	x.clearJobIncidents(n)
	n.Job.Retries, n.Job.After = x.ev.Retries, x.ev.RetryAt
	if n.Job.Retries == 0 {
		message := x.ev.Message
		if message == "" {
			message = "the job " + n.Job.Type + " failed and has no retries left"
		}
		x.stop(n, phaseJob, &fault{"job-failed", message})
		return nil
	}
	x.announceJob(n)
	return nil
}

func (x *exec) clearJobIncidents(n *node) {
	kept := n.Incidents[:0]
	for _, i := range n.Incidents {
		if i.Phase != phaseJob {
			kept = append(kept, i)
			continue
		}
		delete(x.s.owners, i.Key)
		x.emit(IncidentResolved{i.Key})
	}
	n.Incidents = kept
}

// reopenJob gives a failed job another attempt.
func (x *exec) reopenJob(n *node) {
	if n.Job == nil {
		return
	}
	n.Job.Retries, n.Job.After = 1, time.Time{}
	x.announceJob(n)
}

// throwJobError answers a job with a BPMN error.
func (x *exec) throwJobError() error {
	n, err := x.jobNode()
	if err != nil {
		return err
	}
	x.clearJobIncidents(n)
	if err := x.throwError(n, x.ev.Name, x.ev.Message, x.ev.Variables); err != nil {
		x.stop(n, phaseJob, err)
	}
	return nil
}
