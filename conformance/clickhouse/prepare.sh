#!/usr/bin/env bash
# Puts ClickHouse's engine as a Python library (chdb, 0.9 GB) into a folder, for the tests of this one. Then
#   GATEHOUSE_CHDB="$FOLDER/bin/python" npx vitest run conformance/clickhouse
set -eu
folder=${1:?the folder to put it into}
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet chdb==4.4.0
"$folder/bin/python" -c 'import chdb; print("chdb with ClickHouse", chdb.query("SELECT version()", "TSV"))'
