"""Looks for the issues of a folder of images with cleanvision, all kinds that it has, on all processors.

    python cleanvision-scan.py FOLDER

Prints one line of JSON: seconds of reading and judging, seconds on processors, images, issues found.
"""

import contextlib
import json
import resource
import sys
import time

from cleanvision import Imagelab


def processor_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    folder = sys.argv[1]
    start = time.perf_counter()
    before = processor_seconds()
    with contextlib.redirect_stdout(sys.stderr):
        lab = Imagelab(data_path=folder)
        lab.find_issues()
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - start,
                "processorSeconds": processor_seconds() - before,
                "images": len(lab.issues),
                "issues": int(lab.issue_summary["num_images"].sum()),
            }
        )
    )


if __name__ == "__main__":
    main()
