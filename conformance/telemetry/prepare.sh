#!/usr/bin/env bash
# Puts the real receivers that tests of telemetry look for into a folder, without being root: Debian's rsyslog and
# nats-server, and the OpenTelemetry collector's OTLP receiver, built with Go. Then
#   PATH="$FOLDER:$PATH" npx vitest run packages/telemetry examples/sinks
set -eu
folder=${1:?the folder to put them into}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder/debian"
folder=$(cd "$folder" && pwd)

(cd "$folder/debian" && apt-get download rsyslog rsyslog-openssl libestr0 libfastjson4 liblognorm5 nats-server)
for package in "$folder"/debian/*.deb; do dpkg -x "$package" "$folder/debian/root"; done
root="$folder/debian/root"
libraries=$(dirname "$(find "$root/usr/lib" -name 'libestr.so.0' | head -1)")
modules=$(dirname "$(find "$root/usr/lib" -name 'imudp.so' | head -1)")
cat > "$folder/rsyslogd" <<WRAPPER
#!/bin/sh
LD_LIBRARY_PATH="$libraries" exec "$root/usr/sbin/rsyslogd" -M "$modules" "\$@"
WRAPPER
chmod +x "$folder/rsyslogd"
ln -sf "$root/usr/sbin/nats-server" "$folder/nats-server"

(cd "$here/otlp-receiver" && go build -p 1 -o "$folder/otlp-receiver" .)
