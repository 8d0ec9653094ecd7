"""The application that web workers load. A worker whose server was killed ends, and frees the port."""

import gc
import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from headway.config.processes import end_with_parent, keep_files_private, loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.prod")
keep_files_private()
_server = multiprocessing.parent_process()
if _server is not None:
    # Until the server sets its own, a fork carries the parent's handlers, which would swallow the order to end.
    for _number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(_number, signal.SIG_DFL)
    end_with_parent(_server.pid)

# What is loaded lives as long as the process: the collector need not look at it again in the middle of a page.
with loading():
    application = get_wsgi_application()
# Nor often at what pages leave behind, which mostly goes by itself: one look at everything takes half a page's time.
gc.set_threshold(10_000, 20, 50)
