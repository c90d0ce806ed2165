"""The night as an Airflow DAG (Airflow 3). The day comes from the run, not from a clock: a rerun is the same night."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = {"ORIGINRISK_HOME": "/srv/originrisk"}

with DAG(
    dag_id="originrisk_night",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,  # past days are filled with `originrisk night --from --to`, which leaves the live queue alone
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
) as dag:
    outcomes = BashOperator(  # what officers found in the queue; leave it out where no queue is used
        task_id="outcomes",
        bash_command="originrisk queue outcomes --json",
        env=HOME,
        append_env=True,
        retries=0,  # the night must not wait for what it can do without
    )
    night = BashOperator(
        task_id="night",
        trigger_rule="all_done",  # the night goes on without the findings; the failed task tells
        # 6: published, with warnings. A retry after any other code does no harm, and helps after 5 and 130.
        bash_command=(
            'originrisk night --date "{{ logical_date | ds }}" --json || { code=$?; [ $code -eq 6 ] || exit $code; }'
        ),
        env=HOME,
        append_env=True,
        execution_timeout=timedelta(hours=6),
    )
    outcomes >> night
