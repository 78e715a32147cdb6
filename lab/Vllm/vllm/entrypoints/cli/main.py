"""The console command `vllm`."""
import asyncio
import os
import sys

import vllm
from vllm.fake import commandline, log, startup


def main():
    arguments = sys.argv[1:]
    parser = commandline.parser()
    parsed = parser.parse_args(arguments)
    if parsed.version:
        print(vllm.__version__)
        return
    if parsed.subparser is None:
        parser.print_help()
        return
    if parsed.subparser != "serve":
        print(f"vllm {parsed.subparser}: this fake engine only supports serve", file=sys.stderr)
        sys.exit(1)
    commandline.settle_model(parsed, arguments)
    log.set_process("APIServer", os.getpid())
    try:
        asyncio.run(startup.serve(parsed))
    except KeyboardInterrupt:
        pass
    except startup.Refused as refused:
        # vLLM ends with a traceback; people read its last line.
        log.traceback(refused)
        sys.exit(1)


if __name__ == "__main__":
    main()
