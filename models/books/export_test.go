package books

// Forget drops the answers in memory, as another process would not have them.
func Forget() {
	answers.Lock()
	defer answers.Unlock()
	answers.order, answers.byKey = nil, nil
}

// ForgetLines drops what lines were found like, as a program that has just begun.
func ForgetLines() {
	kept.Lock()
	defer kept.Unlock()
	for _, c := range kept.byKey {
		c.asked.Lock()
		c.asked.size = 0
		c.asked.Unlock()
	}
}
