// The OpenTelemetry collector's own OTLP receiver, which prints what it understood: one line of OTLP/JSON for each
// request, written by the collector's marshaler. `receivers.ts` starts it; it ends with its standard input.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

var out sync.Mutex

func say(kind string, line []byte) {
	out.Lock()
	defer out.Unlock()
	fmt.Printf("%s %s\n", kind, line)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	must(confmap.NewFromStringMap(map[string]any{
		"protocols": map[string]any{"http": map[string]any{"endpoint": os.Args[1]}},
	}).Unmarshal(config))
	settings := receivertest.NewNopSettings(factory.Type())
	traces, err := consumer.NewTraces(func(_ context.Context, found ptrace.Traces) error {
		line, err := (&ptrace.JSONMarshaler{}).MarshalTraces(found)
		say("traces", line)
		return err
	})
	must(err)
	logs, err := consumer.NewLogs(func(_ context.Context, found plog.Logs) error {
		line, err := (&plog.JSONMarshaler{}).MarshalLogs(found)
		say("logs", line)
		return err
	})
	must(err)
	first, err := factory.CreateTraces(ctx, settings, config, traces)
	must(err)
	second, err := factory.CreateLogs(ctx, settings, config, logs)
	must(err)
	must(first.Start(ctx, componenttest.NewNopHost()))
	must(second.Start(ctx, componenttest.NewNopHost()))
	say("ready", []byte(os.Args[1]))
	_, _ = io.Copy(io.Discard, os.Stdin)
}
